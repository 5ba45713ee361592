//! A code that was read and where it stands; and the order in which a person reads them.

/// A rectangle of pixels; `right` and `bottom` lie outside.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Area {
    /// The first column.
    pub left: usize,
    /// The first row.
    pub top: usize,
    /// The column after the last one.
    pub right: usize,
    /// The row after the last one.
    pub bottom: usize,
}

impl Area {
    /// Columns.
    #[must_use]
    pub fn width(self) -> usize {
        self.right.saturating_sub(self.left)
    }

    /// Rows.
    #[must_use]
    pub fn height(self) -> usize {
        self.bottom.saturating_sub(self.top)
    }

    /// What of it lies within `whole`.
    #[must_use]
    pub fn within(self, whole: Area) -> Option<Area> {
        let area = Area {
            left: self.left.max(whole.left),
            top: self.top.max(whole.top),
            right: self.right.min(whole.right),
            bottom: self.bottom.min(whole.bottom),
        };
        (area.width() > 0 && area.height() > 0).then_some(area)
    }

    /// So many pixels more on each side, but for what lies before the first row or column.
    #[must_use]
    pub fn wider(self, by: usize) -> Area {
        Area {
            left: self.left.saturating_sub(by),
            top: self.top.saturating_sub(by),
            right: self.right + by,
            bottom: self.bottom + by,
        }
    }

    /// Each of its numbers changed.
    fn each(self, change: impl Fn(usize) -> usize) -> Area {
        Area {
            left: change(self.left),
            top: change(self.top),
            right: change(self.right),
            bottom: change(self.bottom),
        }
    }
}

/// A code that was read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Find {
    /// What stands in it.
    pub text: String,
    /// Where it stands.
    pub area: Area,
}

impl Find {
    /// The same code in a picture `times` as large as the one it was read in.
    #[must_use]
    pub fn larger(self, times: usize) -> Find {
        Find { area: self.area.each(|number| number * times), ..self }
    }

    /// The same code in the picture that was doubled to read it.
    #[must_use]
    pub fn smaller_by_half(self) -> Find {
        Find { area: self.area.each(|number| number / 2), ..self }
    }

    /// The same code in the picture from which a part that begins at `left` and `top`, less a
    /// frame of `frame`, was cut to read it.
    #[must_use]
    pub fn moved(self, left: usize, top: usize, frame: usize) -> Find {
        let across = |x: usize| (x + left).saturating_sub(frame);
        let down = |y: usize| (y + top).saturating_sub(frame);
        let Area { left, top, right, bottom } = self.area;
        let area =
            Area { left: across(left), top: down(top), right: across(right), bottom: down(bottom) };
        Find { area, ..self }
    }
}

/// The texts of all codes, each once, line by line from the top and from left to right. What
/// begins above the middle of the first code of a line stands in that line.
#[must_use]
pub fn in_reading_order(mut finds: Vec<Find>) -> Vec<String> {
    finds.sort_by_key(|find| find.area.top);
    let mut texts: Vec<String> = Vec::new();
    while let Some(first) = finds.first() {
        let middle = usize::midpoint(first.area.top, first.area.bottom);
        let count = finds.partition_point(|find| find.area.top <= middle);
        let mut line: Vec<Find> = finds.drain(..count).collect();
        line.sort_by_key(|find| find.area.left);
        for find in line {
            if !texts.contains(&find.text) {
                texts.push(find.text);
            }
        }
    }
    texts
}

#[cfg(test)]
mod tests {
    use super::*;

    fn find(text: &str, left: usize, top: usize) -> Find {
        let area = Area { left, top, right: left + 100, bottom: top + 100 };
        Find { text: text.to_owned(), area }
    }

    #[test]
    fn codes_are_read_as_lines_of_a_page_and_each_once() {
        let finds = vec![
            find("d", 40, 300),
            find("b", 500, 0),
            find("a", 10, 49),
            find("c", 900, 20),
            find("b", 900, 310),
            find("e", 500, 351),
        ];
        assert_eq!(in_reading_order(finds), ["a", "b", "c", "d", "e"]);
        assert!(in_reading_order(Vec::new()).is_empty());
    }

    #[test]
    fn a_code_found_in_a_part_stands_where_the_part_was() {
        let area = find("a", 10, 20).moved(300, 400, 16).area;
        assert_eq!(area, Area { left: 294, top: 404, right: 394, bottom: 504 });
        let area = find("a", 10, 20).larger(4).smaller_by_half().area;
        assert_eq!(area, Area { left: 20, top: 40, right: 220, bottom: 240 });
    }

    #[test]
    fn areas_that_do_not_meet_share_nothing() {
        let area = find("", 0, 0).area;
        assert_eq!(area.within(find("", 100, 0).area), None);
        assert_eq!(area.wider(1).within(area), Some(area));
    }
}
