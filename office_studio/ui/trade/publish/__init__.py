"""Themes as apps: publishing one, importing what was bought."""
