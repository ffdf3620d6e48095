"""QR codes as SVG."""

from __future__ import annotations

import io


def svg(text: str) -> str:
    """A QR code as one path; a quarter of it may be torn off or dirty and it is read still."""
    import qrcode

    code = qrcode.QRCode(error_correction=qrcode.constants.ERROR_CORRECT_Q, border=4)
    code.add_data(text)
    code.make(fit=True)
    rows = code.get_matrix()
    out = io.StringIO()
    side = len(rows)
    out.write(f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {side} {side}" shape-rendering="crispEdges">')
    out.write(f'<path fill="#fff" d="M0 0h{side}v{side}H0z"/><path fill="#000" d="')
    for y, row in enumerate(rows):
        for x, dark in enumerate(row):
            if dark:
                out.write(f"M{x} {y}h1v1h-1z")
    out.write('"/></svg>\n')
    return out.getvalue()
