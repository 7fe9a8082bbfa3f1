package dev.torc.front.page;

import dev.torc.base.digests.Digest;
import java.util.Base64;
import java.util.Locale;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What a page must know of an HTML file to show it in a frame without a network: the hashes of its
 * inline scripts, which are the only ones that run, what it loads, and what the page's policy
 * refuses. It reads tags as browsers do in usual files; where it reads another script than the
 * browser, that script does not run.
 *
 * @param text with line feeds only, as a browser hashes it
 * @param hashes of the inline scripts, as sources of a policy
 * @param loads addresses that the file loads, beside it or from the network
 * @param refused what its scripts and tags use although it does not work in the page
 */
record HtmlFile(String text, Set<String> hashes, Set<String> loads, Set<String> refused) {

  /** An attribute with a value; the last three groups are its value with and without quotes. */
  private static final Pattern ATTRIBUTE =
      Pattern.compile("([^\\s\"'<>/=]++)\\s*+=\\s*+(?:\"([^\"]*+)\"|'([^']*+)'|([^\\s>]++))");

  private static final Set<String> LOADING = Set.of("src", "poster", "data", "srcset");

  /** Elements whose text has no tags. */
  private static final Set<String> RAW = Set.of("script", "style", "title", "textarea");

  private static final Pattern CSS =
      Pattern.compile("(?i)\\burl\\(\\s*+[\"']?([^\"')\\s]++)|@import\\s++[\"']([^\"']++)");

  /** An address that needs no other file. */
  private static final Pattern OWN = Pattern.compile("(?i)(data|blob|about|javascript):.*|#.*|");

  private static final Pattern DOCTYPE = Pattern.compile("(?i)\\s*+<!doctype[^>]*+>");

  private static final Pattern EVAL = Pattern.compile("\\beval\\s*+\\(");
  private static final Pattern FUNCTION =
      Pattern.compile("\\bnew\\s++Function\\b|\\bFunction\\([\"']");

  static HtmlFile of(String bytes) {
    String text = bytes.startsWith("\ufeff") ? bytes.substring(1) : bytes;
    text = text.replace("\r\n", "\n").replace('\r', '\n').replace('\0', '\ufffd');
    HtmlFile file = new HtmlFile(text, new TreeSet<>(), new TreeSet<>(), new TreeSet<>());
    for (int at = text.indexOf('<'); at >= 0; at = text.indexOf('<', at)) {
      if (text.startsWith("<!--", at)) {
        at = end(text, text.indexOf("-->", at + 4));
      } else if (at + 1 < text.length() && Character.isLetter(text.charAt(at + 1))) {
        at = file.element(at);
      } else {
        at++;
      }
    }
    return file;
  }

  /** Returns the text for a frame, in which links within the file do not lead to the page. */
  String framed() {
    Matcher begin = DOCTYPE.matcher(text);
    int at = begin.lookingAt() ? begin.end() : 0;
    return text.substring(0, at) + "<base href=\"about:srcdoc\">" + text.substring(at);
  }

  private static int end(String text, int found) {
    return found < 0 ? text.length() : found;
  }

  /** Reads a start tag and, of an element without tags inside, its text; returns its end. */
  private int element(int begin) {
    int end = begin + 1;
    char quote = 0;
    for (; end < text.length() && (quote != 0 || text.charAt(end) != '>'); end++) {
      char c = text.charAt(end);
      if (quote == 0 ? c == '"' || c == '\'' : c == quote) {
        quote = quote == 0 ? c : 0;
      }
    }
    String tag = text.substring(begin + 1, end);
    String name = tag.split("[\\s/]", 2)[0].toLowerCase(Locale.ROOT);
    boolean inline = attributes(name, tag.substring(name.length()));
    if (!RAW.contains(name)) {
      return end;
    }
    int close = text.indexOf("</", end);
    while (close >= 0 && !text.regionMatches(true, close + 2, name, 0, name.length())) {
      close = text.indexOf("</", close + 2);
    }
    close = end(text, close);
    String inside = text.substring(Math.min(end + 1, close), close);
    if (name.equals("style")) {
      css(inside);
    } else if (name.equals("script") && inline) {
      script(inside);
    }
    return close;
  }

  /** Notes what a tag loads and uses by its attributes. Returns whether it has no {@code src}. */
  private boolean attributes(String name, String tag) {
    boolean inline = true;
    boolean styles = name.equals("link") && tag.toLowerCase(Locale.ROOT).contains("stylesheet");
    boolean draws = name.equals("image") || name.equals("use");
    for (Matcher each = ATTRIBUTE.matcher(tag); each.find(); ) {
      String key = each.group(1).toLowerCase(Locale.ROOT);
      String value = each.group(2) != null ? each.group(2) : each.group(3);
      value = (value != null ? value : each.group(4)).strip().replace("&amp;", "&");
      inline &= !key.equals("src");
      if (key.equals("style")) {
        css(value);
      } else if (LOADING.contains(key) || key.endsWith("href") && (styles || draws)) {
        load(key.equals("srcset") ? value.split("[\\s]", 2)[0] : value);
      } else if (key.matches("on[a-z]+")) {
        refused.add(key);
      } else if (key.equals("href") && value.toLowerCase(Locale.ROOT).startsWith("javascript:")) {
        refused.add("javascript: links");
      }
    }
    return inline;
  }

  private void css(String style) {
    for (Matcher each = CSS.matcher(style); each.find(); ) {
      load(each.group(1) != null ? each.group(1) : each.group(2));
    }
  }

  private void load(String address) {
    if (!OWN.matcher(address).matches()) {
      loads.add(address);
    }
  }

  /** Returns the source of a policy that allows an inline script. */
  static String source(String code) {
    byte[] hash = Digest.ofText(code).bytes();
    return "'sha256-" + Base64.getEncoder().encodeToString(hash) + "'";
  }

  private void script(String code) {
    hashes.add(source(code));
    if (EVAL.matcher(code).find()) {
      refused.add("eval");
    }
    if (FUNCTION.matcher(code).find()) {
      refused.add("new Function");
    }
  }
}
