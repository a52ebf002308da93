"""What the tests share: servers, databases, the queue, the audit."""
