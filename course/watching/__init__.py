"""What a program that watches the site reads: figures of its pages and of its work, and reports of its errors."""
