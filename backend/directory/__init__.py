"""The directory of dispositifs: towards whom to turn, for which ages and where; nothing about a person."""
