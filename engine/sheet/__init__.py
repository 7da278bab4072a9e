"""A score as sheet music: notation values, MusicXML, and pages in PDF and PNG."""
