"""Answers to the quizzes, one module for each assignment."""
