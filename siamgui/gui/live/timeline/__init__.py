"""Who is in a video file, and when: on the page Live, where the video and the reference are."""
