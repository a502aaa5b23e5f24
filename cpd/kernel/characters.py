"""Characters that show nothing, and letters that join: what `unicodedata` does not know.

The ranges are those of the Unicode Character Database 15.0 (DerivedCoreProperties.txt and
extracted/DerivedJoiningType.txt).
"""

import unicodedata

_IGNORABLE = """
    00AD 034F 061C 115F-1160 17B4-17B5 180B-180F 200B-200F 202A-202E 2060-206F 3164 FE00-FE0F
    FEFF FFA0 FFF0-FFF8 1BCA0-1BCA3 1D173-1D17A E0000-E0FFF
"""
_JOINING_NEXT = """
    0620 0626 0628 062A-062E 0633-063F 0641-0647 0649-064A 066E-066F 0678-0687 069A-06BF
    06C1-06C2 06CC 06CE 06D0-06D1 06FA-06FC 06FF 0712-0714 071A-071D 071F-0727 0729 072B
    072D-072E 074E-0758 075C-076A 076D-0770 0772 0775-0777 077A-077F 07CA-07EA 0841-0845 0848
    084A-0853 0855 0860 0862-0865 0868 0886 0889-088D 08A0-08A9 08AF-08B0 08B3-08B8 08BA-08C8
    1807 1820-1878 1887-18A8 18AA A840-A872 10AC0-10AC4 10ACD 10AD3-10ADC 10ADE-10AE0
    10AEB-10AEE 10B80 10B82 10B86-10B88 10B8A-10B8B 10B8D 10B90 10BAD-10BAE 10D00-10D21 10D23
    10F30-10F32 10F34-10F44 10F51-10F53 10F70-10F73 10F76-10F81 10FB0 10FB2-10FB3 10FB8
    10FBB-10FBC 10FBE-10FBF 10FC1 10FC4 10FCA-10FCB 1E900-1E943
"""
_JOINING_PREVIOUS = """
    0620 0622-063F 0641-064A 066E-066F 0671-0673 0675-06D3 06D5 06EE-06EF 06FA-06FC 06FF 0710
    0712-072F 074D-077F 07CA-07EA 0840-0858 0860 0862-0865 0867-086A 0870-0882 0886 0889-088E
    08A0-08AC 08AE-08C8 1807 1820-1878 1887-18A8 18AA A840-A871 10AC0-10AC5 10AC7 10AC9-10ACA
    10ACE-10AD6 10AD8-10AE1 10AE4 10AEB-10AEF 10B80-10B91 10BA9-10BAE 10D01-10D23 10F30-10F44
    10F51-10F54 10F70-10F81 10FB0 10FB2-10FB6 10FB8-10FBF 10FC1-10FC4 10FC9-10FCA 1E900-1E943
"""


def _parse_ranges(ranges: str) -> frozenset[str]:
    """Return the characters of ranges such as `00AD 115F-1160`."""
    ends = [part.partition("-") for part in ranges.split()]
    return frozenset(
        chr(code)
        for first, _, last in ends
        for code in range(int(first, 16), int(last or first, 16) + 1)
    )


IGNORABLE = _parse_ranges(_IGNORABLE)
"""Default_Ignorable_Code_Point: characters that are drawn as nothing."""
BLANK = _parse_ranges("2800 13441-13442 16FE4 1D159")
"""Letters and symbols whose shape is empty: Braille, Egyptian, Khitan and musical ones."""
JOINS_NEXT = _parse_ranges(_JOINING_NEXT)
"""Letters that join the one after them (Joining_Type D or L)."""
JOINS_PREVIOUS = _parse_ranges(_JOINING_PREVIOUS)
"""Letters that join the one before them (Joining_Type D or R)."""

_NOT_DRAWN = IGNORABLE | BLANK
_INVISIBLE_CATEGORIES = frozenset({"Cc", "Cf", "Zl", "Zp", "Zs"})


def is_visible(char: str) -> bool:
    """Tell whether a character shows anything by itself."""
    return unicodedata.category(char) not in _INVISIBLE_CATEGORIES and char not in _NOT_DRAWN


def has_visible_text(text: str) -> bool:
    """Tell whether a text shows anything at all."""
    return any(map(is_visible, text))
