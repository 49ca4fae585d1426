"""What is asked of members: whose session this is, what is missing, who is who."""
