"""Tests of the policy editor."""
