package dev.torc.base.web;

import dev.torc.base.text.SafeText;
import java.util.Locale;
import java.util.Set;
import java.util.regex.Pattern;

/** Which headers a request can have besides those of the protocol. No value is ever shown. */
public final class WebHeader {

  private static final Pattern TOKEN = Pattern.compile("[!#$%&'*+.^_`|~0-9A-Za-z-]+");

  private static final Pattern SECRET =
      Pattern.compile("(?i).*(auth|token|key|secret|cookie|password|signature).*");

  private static final Set<String> OWN =
      Set.of(
          "connection", "content-length", "expect", "host", "transfer-encoding", "upgrade", "te");

  private WebHeader() {}

  /** Returns why a header cannot be sent; null if it can. */
  public static String refusal(String name, String value) {
    if (!TOKEN.matcher(name).matches()) {
      return "no name of a header: " + SafeText.name(name);
    }
    if (OWN.contains(name.toLowerCase(Locale.ROOT))) {
      return "header " + name + " is the protocol's own; leave it out";
    }
    return value.chars().anyMatch(c -> c < ' ' && c != '\t' || c > '~')
        ? "header " + name + ": its value has a line end or another character that cannot be sent"
        : null;
  }

  /** Returns whether the value of a header with this name is usually secret. */
  public static boolean isSecret(String name) {
    return SECRET.matcher(name).matches();
  }
}
