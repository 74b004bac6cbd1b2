"""What is known exactly and independently of any implementation under test."""
