#pragma once

namespace lydian {

/// The report's style sheet: light and dark, screen and print.
extern const char* const kPageStyle;
/// The report's script: values under the pointer, and the table of samples. Every text of a run goes into the page as text, never as markup.
extern const char* const kPageScript;

}  // namespace lydian
