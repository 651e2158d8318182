"""Reports on paper: the pages, the file, the preview and the printer."""
