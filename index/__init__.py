"""Articles in, searchable passages out. Knows nothing of questions, chats or language models."""
