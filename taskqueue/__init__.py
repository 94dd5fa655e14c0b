"""The queue: messages that commit with the state they belong to, delayed messages, heartbeat, watchdog.

Rows elsewhere are the truth; a message is only a hint that a row may be due.
"""
