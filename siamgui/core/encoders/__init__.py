"""The networks as torch modules. Importing one of these modules imports torch; comparing on the CPU never does."""
