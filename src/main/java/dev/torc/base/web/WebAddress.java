package dev.torc.base.web;

import dev.torc.base.digests.Digest;
import dev.torc.base.text.SafeText;
import java.net.IDN;
import java.net.URI;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import java.util.Locale;
import java.util.function.UnaryOperator;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * An http or https URL: accepts what browsers accept (spaces, brackets, other letters). A URL of
 * another scheme is only shown and counted. No secret in a URL is shown or counts.
 *
 * @param login the encoded {@code user:password}; null for none
 * @param host with the port if there is one; null for another scheme
 * @param rest the encoded path and query; for another scheme, what follows the colon
 */
public record WebAddress(String scheme, String login, String host, String rest) {

  /** Scheme, login, host with port, and the rest. */
  private static final Pattern FORM =
      Pattern.compile("(?is)([a-z][a-z0-9+.-]+):(?://(?:([^/?#]*)@)?([^/?#]*))?(.*)");

  private static final Pattern UNSAFE =
      Pattern.compile("%(?![0-9A-Fa-f]{2})|[^\\w.~:/?@!$&'()*+,;=%-]");

  private static final Pattern PARAMETER = Pattern.compile("([?&;#])([^=&;#]+)=([^&;#]*)");

  private static final Pattern THIS_MACHINE =
      Pattern.compile("localhost|127(\\.\\d{1,3}){3}|\\[(0*:)*:?0*1]");

  private static final String PART = "(?:.*[-_.]|.*[a-z0-9](?=[A-Z]))?"; // access_ or access

  /** The name of a parameter; {@code token[]} is one, too. */
  private static final Pattern SECRET =
      Pattern.compile(
          "(?:(?i:.*(?:token|signature|password|secret|credential)s?|x-(?:amz|goog)-.*)|"
              + PART
              + "(?i:sig|auth(?:orization)?)s?)(?:\\[.*)?");

  private static final Pattern KEY =
      Pattern.compile(PART + "(?i:(?:api|access|secret|private|account|auth)?keys?)(?:\\[.*)?");

  /** Reads a URL; throws {@link IllegalArgumentException}, without secrets, if it is none. */
  public static WebAddress of(String url) {
    Matcher form = FORM.matcher(url);
    if (!form.matches()) {
      return invalid(url);
    }
    String scheme = form.group(1).toLowerCase(Locale.ROOT);
    String host = form.group(3) == null ? "" : form.group(3).toLowerCase(Locale.ROOT);
    if (!scheme.matches("https?")) {
      String rest = (form.group(3) == null ? "" : "//" + form.group(3)) + form.group(4);
      return rest.isEmpty() ? invalid(url) : new WebAddress(scheme, null, null, rest);
    }
    try {
      String login = form.group(2) == null ? null : escaped(form.group(2)).replaceAll("[/?@]", "");
      String rest = escaped(form.group(4).replaceFirst("(?s)#.*", ""));
      String name = host.startsWith("[") ? host : IDN.toASCII(host);
      WebAddress address =
          new WebAddress(scheme, login, name, rest.startsWith("/") ? rest : "/" + rest);
      boolean is = address.uri().getHost() != null && address.uri().getPort() < 1 << 16;
      return is ? address : invalid(url);
    } catch (IllegalArgumentException e) { // its message may show a secret
      return invalid(url);
    }
  }

  private static WebAddress invalid(String url) {
    String shown = SafeText.line(url.replaceAll("(?s)//.*@|[?#].*", "//…"), 200);
    throw new IllegalArgumentException("invalid URL %s; write https://HOST/PATH".formatted(shown));
  }

  /** Returns whether torc itself can fetch it. */
  public boolean isWeb() {
    return host != null;
  }

  /** Returns whether a host, in lower case and without a port, is this machine. */
  public static boolean isHere(String host) {
    return THIS_MACHINE.matcher(host).matches();
  }

  /** Returns whether a request is encrypted or stays on this machine. */
  public boolean isSealed() {
    return scheme.equals("https") || isHere(uri().getHost());
  }

  /** Encodes what a URL may not contain; keeps what is encoded. */
  private static String escaped(String text) {
    return UNSAFE
        .matcher(text)
        .replaceAll(
            bad -> {
              HexFormat hex = HexFormat.of().withUpperCase().withPrefix("%");
              return hex.formatHex(bad.group().getBytes(StandardCharsets.UTF_8));
            });
  }

  public URI uri() {
    return URI.create(scheme + "://" + host + rest);
  }

  /** Returns {@code user:password}; null for none. */
  String plainLogin() {
    return login == null ? null : URI.create("http://" + login + "@host/").getUserInfo();
  }

  /**
   * Returns where a redirect leads. Only the same host gets the login. Throws for a redirect from
   * https to anything else.
   */
  WebAddress redirected(String location) {
    boolean whole = location.matches("(?is)[a-z][a-z0-9+.-]*:.*");
    String near = whole ? location : escaped(location.replaceAll("(?s)#.*", ""));
    try {
      WebAddress next = of(whole ? location : uri().resolve(near).toString());
      if (!next.isWeb() || scheme.equals("https") && !next.scheme.equals("https")) {
        String line = "%s: redirects from %s to %s";
        throw new WebRefusal(line.formatted(shown(), scheme, next.shown()));
      }
      String kept = next.host.equals(host) ? login : null;
      return new WebAddress(next.scheme, kept, next.host, next.rest);
    } catch (IllegalArgumentException e) {
      throw new WebRefusal("%s: redirects to an %s".formatted(shown(), e.getMessage()));
    }
  }

  /** Returns a text without secrets if it is a URL; any other text as it is. */
  public static String shown(String text) {
    try {
      return text.indexOf("://") > 0 ? of(text).shown() : text;
    } catch (IllegalArgumentException e) {
      return text;
    }
  }

  /** Returns the URL without secrets. */
  public String shown() {
    return masked(text(), _ -> "***");
  }

  /** Returns what counts: the URL without secrets, with keys as digests that {@code root} keys. */
  public String counted(String root) {
    return masked(text(), key -> Digest.ofText(root + "\n" + key).hex().substring(0, 8));
  }

  private String text() {
    return scheme + ":" + (isWeb() ? "//" + host : "") + rest;
  }

  private static String masked(String text, UnaryOperator<String> keys) {
    return PARAMETER
        .matcher(text)
        .replaceAll(
            each -> {
              String name = plain(each.group(2));
              String value = each.group(3);
              String inner = plain(value); // perhaps a URL of its own
              String masked = masked(inner, keys);
              String shown =
                  SECRET.matcher(name).matches()
                      ? "***"
                      : KEY.matcher(name).matches()
                          ? keys.apply(value)
                          : masked.equals(inner) ? value : masked;
              return Matcher.quoteReplacement(each.group(1) + each.group(2) + "=" + shown);
            });
  }

  private static String plain(String encoded) {
    return URLDecoder.decode(escaped(encoded), StandardCharsets.UTF_8);
  }
}
