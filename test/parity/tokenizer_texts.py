"""Texts on which tokenizers disagree, in escapes where the eye could be fooled."""

PRECOMPOSED = "caf\u00e9 na\u00efve \u00c9LODIE \u00fcber \u00e5ngstr\u00f6m"
COMBINING = "cafe\u0301 Cre\u0300me"  # acute, grave
STACKED = "a\u0323\u0302\u0301 q\u0307\u0323 Z\u0351\u036b\u0343"  # several marks each, not in canonical order
FAMILY = "\U0001f468\u200d\U0001f469\u200d\U0001f467\u200d\U0001f466"  # joined by U+200D
FLAGS = "\U0001f1f3\U0001f1f1\U0001f1ef\U0001f1f5"  # two pairs of regional indicators
THUMB = "\U0001f44d\U0001f3fd"  # with a skin tone
CHINESE = "\u6d77\u548c\u5c71\u3002\u6211\u4eec\u53bb\u770b\u770b\u3002"
RARE_HAN = "\U00020bb7\u91ce\u5bb6"  # the first is outside the basic plane
JAPANESE_KOREAN = "\u3053\u3093\u306b\u3061\u306f \ud55c\uad6d\uc5b4 \u1112\u1161\u11ab"  # the last: loose jamo
ARABIC = "\u0645\u064e\u0631\u0652\u062d\u064e\u0628\u064b\u0627 \u0628\u0643\u0645\u061f \u0661\u0662\u0663"
DEVANAGARI = "\u0928\u092e\u0938\u094d\u0924\u0947 \u0915\u094d\u0937 \u0967\u0968"

TEXTS = [
    "",
    " ",
    "  ",
    "\n",
    "a",
    "The mouse always asked that.",
    '"I\'m so sorry," said the owl. "I thought it was a branch."',
    "They don't need it; we'll see. You've, I'd, THEY'RE, it's, o'clock, 'tis",
    " leading space",
    "  two  spaces   and three    and four",
    "trailing space ",
    "trailing spaces   ",
    "tab\tand\t\ttabs\t",
    "carriage\r\nreturn\r\n\r\nalone\rend\r\n",
    "\n\nnew\n\n\nlines \n  indented\n",
    "no-break\u00a0space, ideographic\u3000space, thin\u2009space, line\u2028separator",
    # White space for Unicode but not for JavaScript's \s, and the other way round.
    "next\u0085line and \ufeffbyte order mark, zero\u200bwidth, vertical\u000btab, form\u000cfeed",
    PRECOMPOSED,
    COMBINING,
    STACKED,
    # Lower-casing that changes the length, or depends on the neighbours.
    "\u0130STANBUL STRASSE Stra\u00dfe \u039f\u0394\u039f\u03a3 \u03a3\u039f\u03a6\u039f\u03a3 \u01c5 IT'\u017f",
    "\U0001f600",
    f"family {FAMILY}! flags {FLAGS} {THUMB}\u2764\ufe0f",
    "keycap 1\ufe0f\u20e3, math \U0001d4d0\U0001d4ea, \U0001f98a\U0001f98a fox",
    CHINESE,
    f"{RARE_HAN} {JAPANESE_KOREAN}",
    ARABIC,
    DEVANAGARI,
    # Cyrillic, Hebrew, Thai
    "\u0412\u043e\u043b\u043d\u0430, \u05e9\u05dc\u05d5\u05dd, \u0e2a\u0e27\u0e31\u0e2a\u0e14\u0e35",
    "\uff26\uff55\uff4c\uff4c \u2460 \ufb01sh x\u00b2 \u00bd \u2167",  # what NFKC would change
    "nul\u0000 bell\u0007 escape\u001b[0m unit\u001fseparator delete\u007f soft\u00adhyphen",
    "private \ue000, noncharacter \uffff, replacement \ufffd, last \U0010ffff",
    "before<|endoftext|>after <|endoftext|> <|ENDOFTEXT|> <|endoftext",
    "<s>hello</s> the end</s>. <unk> [UNK] [CLS]the[SEP] [MASK] <0x41> <|begin_of_text|>\u2581bar",
    "137 steps, 1234567890, 3.14, -5, 1,000,000, 0x1F, 50%",
    "!?...;:--((()))[]{}<>@#$^&*_+=|\\/~`",
    "snake_case camelCase kebab-case e-mail@example.org https://example.org/a?b=c#d",
    "lighthouse, the lighthouse of lighthouses, Lighthouse, LIGHTHOUSE",
    "Wait!\u0085! No!\ufeff! !\u00a0! Then.\n\nAnd 12345 1 2345 x\u00b22",
    "s" * 70 + "o" * 70,  # longer than WordPiece takes (100)
    "mix\u00e9d \u6f22\u5b57and\u0645\u0639 \U0001f600 'quoted' \u201ccurly\u201d \u2014 dash\u2026 \u20ac5\n",
]
