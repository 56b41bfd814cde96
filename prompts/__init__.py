"""The prompts, one Markdown file each; nothing else holds prompt text."""
