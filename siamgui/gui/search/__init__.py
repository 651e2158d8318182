"""The page Search: a face in folders of photographs."""
