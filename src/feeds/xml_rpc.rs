//! XML-RPC, as far as pings go: a call with a few texts, and what is answered. Within bounds, and without entities but
//! those of XML itself.

use quick_xml::Reader;
use quick_xml::escape::resolve_xml_entity;
use quick_xml::events::Event;

use super::charset;
use crate::domain::text::escape_html;

const DEPTH_MAX: usize = 12;
const PARAMETERS_MAX: usize = 8;
const TEXT_BYTES_MAX: usize = 2_048;

/// What somebody calls.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Call {
    pub method: String,
    /// Values as they are written, whatever their type.
    pub parameters: Vec<String>,
}

/// Reads a call; `None`: it is none.
pub fn read(bytes: &[u8], content_type: Option<&str>) -> Option<Call> {
    // Feeds may come zipped; a call has no reason to.
    let is_text = bytes.first().is_some_and(|first| *first != 0x1f);
    let text = is_text.then(|| charset::decode(bytes, content_type))?;
    let mut reader = Reader::from_str(text.trim_start_matches('\u{feff}').trim());
    let (mut open, mut call, mut value) = (Vec::new(), Call::default(), String::new());
    let mut is_whole = false;
    loop {
        let said = match reader.read_event().ok()? {
            Event::Start(start) if open.len() < DEPTH_MAX && !is_whole => {
                open.push(start.name().as_ref().to_owned());
                // A value without a type is a text, and blanks around a type are none of it.
                value.clear();
                continue;
            }
            Event::End(_) => {
                let path: Vec<&str> = open.iter().map(String::as_str).collect();
                match path.as_slice() {
                    ["methodCall", "methodName"] => call.method = value.trim().to_owned(),
                    ["methodCall", "params", "param", "value"] if call.parameters.len() < PARAMETERS_MAX => {
                        call.parameters.push(value.trim().to_owned());
                        value.clear();
                    }
                    ["methodCall", "params", "param", "value"] => return None,
                    _ => {}
                }
                open.pop()?;
                is_whole = open.is_empty();
                continue;
            }
            Event::Text(text) => text.to_string(),
            Event::CData(text) => text.to_string(),
            Event::GeneralRef(name) => match resolve_xml_entity(&name) {
                Some(known) => known.to_owned(),
                None => name.resolve_char_ref().ok()??.to_string(),
            },
            Event::Decl(_) | Event::Comment(_) => continue,
            Event::Eof if is_whole && !call.method.is_empty() => return Some(call),
            Event::Start(_) | Event::Empty(_) | Event::PI(_) | Event::DocType(_) | Event::Eof => return None,
        };
        let is_value = open.iter().any(|name| name == "value" || name == "methodName");
        // What follows the type within a value is blank.
        if is_value && !(open.last().is_some_and(|name| name == "value") && said.trim().is_empty()) {
            value.push_str(&said);
        }
        if value.len() > TEXT_BYTES_MAX || value.contains('\0') {
            return None;
        }
    }
}

/// What is answered to a ping: whether something is wrong, and a sentence.
pub fn answer(is_wrong: bool, message: &str) -> String {
    let members = [
        ("flerror", format!("<boolean>{}</boolean>", u8::from(is_wrong))),
        ("message", format!("<string>{}</string>", escape_html(message))),
    ];
    format!("{HEAD}<params><param><value>{}</value></param></params></methodResponse>\n", structure(&members))
}

/// What is answered to what is no call, or not one that can be answered.
pub fn fault(code: i32, message: &str) -> String {
    let members = [
        ("faultCode", format!("<int>{code}</int>")),
        ("faultString", format!("<string>{}</string>", escape_html(message))),
    ];
    format!("{HEAD}<fault><value>{}</value></fault></methodResponse>\n", structure(&members))
}

const HEAD: &str = "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<methodResponse>";

fn structure(members: &[(&str, String)]) -> String {
    let members: String = members
        .iter()
        .map(|(name, value)| format!("<member><name>{name}</name><value>{value}</value></member>"))
        .collect();
    format!("<struct>{members}</struct>")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn call(inner: &str) -> Option<Call> {
        read(format!("<?xml version=\"1.0\"?>\n<methodCall>\n{inner}</methodCall>").as_bytes(), None)
    }

    #[test]
    fn a_call_is_read_as_wordpress_and_others_write_it() {
        let read = call(
            "<methodName>weblogUpdates.ping</methodName>\n<params>\n<param><value><string>Tide &amp; Sail&#039;s \
             &#x2013; news</string></value></param>\n<param>\n<value>\n <string>https://harbour.example/</string>\n \
             </value></param><param><value>https://harbour.example/a</value></param>\
             <param><value><string><![CDATA[a<b]]></string></value></param></params>",
        );
        let parameters =
            ["Tide & Sail's – news", "https://harbour.example/", "https://harbour.example/a", "a<b"];
        let parameters = parameters.map(str::to_owned).to_vec();
        assert_eq!(read, Some(Call { method: "weblogUpdates.ping".to_owned(), parameters }));
    }

    #[test]
    fn what_is_no_call_or_too_much_of_one_is_none() {
        let name = "<methodName>a</methodName>";
        assert!(call(name).is_some());
        let param = "<param><value>x</value></param>";
        for wrong in [
            String::new(),
            "<params></params>".to_owned(),
            format!("{name}<params>{}</params>", param.repeat(9)),
            format!("{name}<params><param><value>{}</value></param></params>", "x".repeat(3_000)),
            format!("{name}<params><param><value>&name;</value></param></params>"),
            format!("{name}<params><param><value>&#0;</value></param></params>"),
            format!("{name}<params>{}", "<value>".repeat(20)),
            format!("{name}</methodCall><methodCall>"),
            format!("{name}<params>"),
        ] {
            assert_eq!(call(&wrong), None, "{wrong}");
        }
        let bomb = "<!DOCTYPE a [<!ENTITY b \"bb\"><!ENTITY c \"&b;&b;\">]><methodCall><methodName>&c;</methodName></methodCall>";
        for wrong in ["", "x", "<a/>", "{}", bomb] {
            assert_eq!(read(wrong.as_bytes(), None), None, "{wrong}");
        }
    }
}
