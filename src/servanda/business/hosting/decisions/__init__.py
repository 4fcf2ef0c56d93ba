"""When the data of an ended service may go, and how long a pause for load may last. Pure."""
