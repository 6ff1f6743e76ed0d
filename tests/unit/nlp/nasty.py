"""Texts that break careless Thai code; every text function of the room must survive them."""

from hypothesis import strategies as st

MAI_EK = "\N{THAI CHARACTER MAI EK}"
MAI_THO = "\N{THAI CHARACTER MAI THO}"
SARA_I = "\N{THAI CHARACTER SARA I}"

NASTY: tuple[str, ...] = (
    "",
    " ",
    "\n",
    "\0",
    "\ud800",
    "\udfff\ud800ช่วยด้วย",
    "\N{ZERO WIDTH SPACE}" * 50,
    "\N{ZERO WIDTH NO-BREAK SPACE}",
    "ก" * 5000,
    "1" * 5000,
    MAI_EK * 5000,
    (MAI_EK + MAI_THO) * 2500,
    (MAI_THO + SARA_I) * 2500,
    "\N{THAI CHARACTER SARA E}" * 5000,
    "ๆ" * 5000,
    "555" * 1000,
    "😀😀",
    "😀" * 5000,
    "👨‍👩‍👧‍👦🇹🇭",
    "๑๙๑",
    "!?" * 500,
    "ตากลม" * 1000,
    "ช่วยด้วย" * 600,
    "ซอย " * 1200,
    "ตี " * 1600,
    "ทุก" * 1600,
    "/1" * 2500,
    "<script>alert('ไฟไหม้')</script>",
    "'; DROP TABLE inbox; --",
    "မီးလောင်နေတယ် ကူညီပါ",
    "စကား",
    "hello",
    "ဟ" * 500,
    "https://example.com/" + "a" * 3000,
    "\u202eกลับหัว\u202c",
    "a\u0301" * 1000,
)

_THAI = st.characters(min_codepoint=0x0E00, max_codepoint=0x0E7F)
TEXTS = st.one_of(
    st.text(max_size=200),
    st.text(_THAI, max_size=200),
    st.text(st.characters(), max_size=100),
    st.text(st.characters(categories=["Cs", "Cc", "Cf", "Mn"]), max_size=50),
    st.lists(
        st.sampled_from(
            [
                "ไฟไหม้",
                "ช่วยด้วย",
                "หน้าตลาด",
                "ซอย",
                "5",
                "45/12",
                "ม.3",
                "ต.",
                "ตี2",
                "22.30น.",
                "ทุกคืน",
                "รถชน",
                "เลือด",
                "ๆ",
                "🆘",
                "ไม่",
                "กลัว",
                "เมื่อวาน",
                " ",
                "\n",
            ]
        ),
        max_size=12,
    ).map("".join),
)
