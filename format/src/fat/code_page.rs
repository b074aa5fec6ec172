use encoding_rs::Encoding;

/// Code page of short names: the OEM code page of the Windows that wrote them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CodePage {
    /// 437, United States.
    Cp437,
    /// 850, Western Europe.
    Cp850,
    /// 852, Central Europe.
    Cp852,
    /// 866, Cyrillic.
    Cp866,
    /// 932, Japanese.
    Cp932,
    /// 936, simplified Chinese.
    Cp936,
    /// 949, Korean.
    Cp949,
    /// 950, traditional Chinese.
    Cp950,
}

impl CodePage {
    /// Returns the code page of a number, if short names in it can be read.
    pub fn from_number(number: u16) -> Option<Self> {
        Some(match number {
            437 => Self::Cp437,
            850 => Self::Cp850,
            852 => Self::Cp852,
            866 => Self::Cp866,
            932 => Self::Cp932,
            936 => Self::Cp936,
            949 => Self::Cp949,
            950 => Self::Cp950,
            _ => return None,
        })
    }

    /// Decodes bytes; what is no character becomes the replacement character.
    pub(super) fn decode(self, bytes: &[u8]) -> String {
        match self.table() {
            Table::Single(upper) => bytes
                .iter()
                .map(|byte| match byte.checked_sub(128) {
                    None => char::from(*byte),
                    Some(at) => upper.chars().nth(at.into()).unwrap_or(char::REPLACEMENT_CHARACTER),
                })
                .collect(),
            Table::Double(encoding) => encoding.decode_without_bom_handling(bytes).0.into_owned(),
        }
    }

    fn table(self) -> Table {
        match self {
            Self::Cp437 => Table::Single(CP437),
            Self::Cp850 => Table::Single(CP850),
            Self::Cp852 => Table::Single(CP852),
            Self::Cp866 => Table::Single(CP866),
            Self::Cp932 => Table::Double(encoding_rs::SHIFT_JIS),
            Self::Cp936 => Table::Double(encoding_rs::GBK),
            Self::Cp949 => Table::Double(encoding_rs::EUC_KR),
            Self::Cp950 => Table::Double(encoding_rs::BIG5),
        }
    }
}

enum Table {
    /// Characters of the bytes from 128 on.
    Single(&'static str),
    Double(&'static Encoding),
}

const CP437: &str = "\
    ÇüéâäàåçêëèïîìÄÅÉæÆôöòûùÿÖÜ¢£¥₧ƒ\
    áíóúñÑªº¿⌐¬½¼¡«»░▒▓│┤╡╢╖╕╣║╗╝╜╛┐\
    └┴┬├─┼╞╟╚╔╩╦╠═╬╧╨╤╥╙╘╒╓╫╪┘┌█▄▌▐▀\
    αßΓπΣσµτΦΘΩδ∞φε∩≡±≥≤⌠⌡÷≈°∙·√ⁿ²■\u{A0}";
const CP850: &str = "\
    ÇüéâäàåçêëèïîìÄÅÉæÆôöòûùÿÖÜø£Ø×ƒ\
    áíóúñÑªº¿®¬½¼¡«»░▒▓│┤ÁÂÀ©╣║╗╝¢¥┐\
    └┴┬├─┼ãÃ╚╔╩╦╠═╬¤ðÐÊËÈıÍÎÏ┘┌█▄¦Ì▀\
    ÓßÔÒõÕµþÞÚÛÙýÝ¯´\u{AD}±‗¾¶§÷¸°¨·¹³²■\u{A0}";
const CP852: &str = "\
    ÇüéâäůćçłëŐőîŹÄĆÉĹĺôöĽľŚśÖÜŤťŁ×č\
    áíóúĄąŽžĘę¬źČş«»░▒▓│┤ÁÂĚŞ╣║╗╝Żż┐\
    └┴┬├─┼Ăă╚╔╩╦╠═╬¤đĐĎËďŇÍÎě┘┌█▄ŢŮ▀\
    ÓßÔŃńňŠšŔÚŕŰýÝţ´\u{AD}˝˛ˇ˘§÷¸°¨˙űŘř■\u{A0}";
const CP866: &str = "\
    АБВГДЕЖЗИЙКЛМНОПРСТУФХЦЧШЩЪЫЬЭЮЯ\
    абвгдежзийклмноп░▒▓│┤╡╢╖╕╣║╗╝╜╛┐\
    └┴┬├─┼╞╟╚╔╩╦╠═╬╧╨╤╥╙╘╒╓╫╪┘┌█▄▌▐▀\
    рстуфхцчшщъыьэюяЁёЄєЇїЎў°∙·√№¤■\u{A0}";

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bytes_of_each_page() {
        for (page, bytes, text) in [
            (437, &[0x41, 0x80, 0x8E, 0xE1, 0xFF][..], "AÇÄß\u{A0}"),
            (850, &[0x9D, 0xB7, 0xD5], "ØÀı"),
            (852, &[0x9D, 0xE6, 0xFD], "ŁŠř"),
            (866, &[0x80, 0xEF, 0xF0], "АяЁ"),
            (932, &[0x93, 0xFA, 0xB1], "日ｱ"),
            (936, &[0xD6, 0xD0], "中"),
            (949, &[0xB0, 0xA1], "가"),
            (950, &[0xA4, 0xA4], "中"),
        ] {
            assert_eq!(CodePage::from_number(page).unwrap().decode(bytes), text, "{page}");
        }
        for table in [CP437, CP850, CP852, CP866] {
            assert_eq!(table.chars().count(), 128);
        }
        assert_eq!(CodePage::from_number(65001), None);
    }
}
