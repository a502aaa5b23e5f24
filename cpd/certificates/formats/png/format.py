"""The picture as a format; its libraries are loaded on first use."""

from cpd.certificates.formats.extras import import_module_needing_extra, is_extra_installed
from cpd.certificates.formats.format import CertificateFormat
from cpd.certificates.formats.png import chunks
from cpd.certificates.rules.record import Record


class PngFormat(CertificateFormat):
    """The page of the PDF as a picture to show, with the record in it."""

    name = "png"
    ending = ".png"
    label = "Picture"
    media_type = "image/png"

    def build_file(self, record: Record) -> bytes:
        """Return the picture of a record; see `drawing.draw_certificate`."""
        module = import_module_needing_extra(f"{__package__}.drawing")
        picture: bytes = module.draw_certificate(record)
        return chunks.insert_record(picture, record)

    def can_build_files(self) -> bool:
        """Tell whether the extra is installed."""
        return is_extra_installed()

    def recognizes_file(self, content: bytes) -> bool:
        """Tell whether a file claims to be a PNG."""
        return content.startswith(chunks.SIGNATURE)

    def parse_record_in_file(self, content: bytes) -> Record:
        """Return the record in a picture; see `chunks.parse_record`."""
        return chunks.parse_record(content)
