"""What is read of the rights of persons: rows, exports, the pages of the DPO and of the coordinators."""
