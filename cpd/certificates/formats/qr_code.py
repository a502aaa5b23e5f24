"""QR codes as pictures. Needs the libraries of `extras.py`."""

import base64
import io

import segno


def build_qr_code_svg(address: str) -> str:
    """Return a QR code as SVG: dark on a transparent ground, without a size of its own."""
    drawn = io.BytesIO()
    segno.make(address, error="m", micro=False).save(
        drawn, kind="svg", border=0, xmldecl=False, omitsize=True
    )
    return drawn.getvalue().decode()


def build_qr_code_data_url(address: str) -> str:
    """Return a QR code as a `data:` URL for an image."""
    encoded = base64.b64encode(build_qr_code_svg(address).encode()).decode()
    return f"data:image/svg+xml;base64,{encoded}"
