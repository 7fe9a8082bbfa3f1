package dev.torc.features.fetch;

import dev.torc.base.digests.Digest;
import dev.torc.base.text.SafeText;
import java.io.IOException;
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
 * An http or https URL: accepts what browsers accept (spaces, brackets, other letters), and shows
 * and counts no secret in it.
 *
 * @param login the encoded {@code user:password}; null for none
 * @param host with the port if there is one
 * @param rest the encoded path and query
 */
public record WebAddress(String scheme, String login, String host, String rest) {

  private static final Pattern FORM = Pattern.compile("(?is)(https?)://([^/?#]+)([^#]*).*");

  private static final Pattern UNSAFE =
      Pattern.compile("%(?![0-9A-Fa-f]{2})|[^\\w.~:/?@!$&'()*+,;=%-]");

  private static final Pattern PARAMETER = Pattern.compile("([?&;])([^=&;]+)=([^&;]*)");

  private static final Pattern SECRET =
      Pattern.compile(
          "(?i)(.*[-_.])?(token|sig|signature|password|secret|auth|credential)s?|x-(amz|goog)-.*");

  private static final Pattern KEY = Pattern.compile("(?i)(.*[-_.])?(api)?key");

  /** Reads a URL; throws {@link IllegalArgumentException}, without secrets, if it is none. */
  public static WebAddress of(String url) {
    Matcher form = FORM.matcher(url.strip());
    if (form.matches()) {
      String authority = form.group(2);
      int at = authority.lastIndexOf('@');
      String host = authority.substring(at + 1).toLowerCase(Locale.ROOT);
      String rest = escaped(form.group(3));
      WebAddress address =
          new WebAddress(
              form.group(1).toLowerCase(Locale.ROOT),
              at < 0 ? null : escaped(authority.substring(0, at)).replaceAll("[/?@]", ""),
              host.startsWith("[") ? host : IDN.toASCII(host),
              rest.startsWith("/") ? rest : "/" + rest);
      try {
        if (address.uri().getHost() != null) {
          return address;
        }
      } catch (IllegalArgumentException e) {
        throw new IllegalArgumentException("invalid URL " + SafeText.line(address.shown(), 200), e);
      }
    }
    throw new IllegalArgumentException(
        "invalid URL %s; write https://HOST/PATH"
            .formatted(SafeText.line(url.replaceAll("//[^/]*@|\\?.*", "//…"), 200)));
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

  URI uri() {
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
  WebAddress redirected(String location) throws IOException {
    boolean whole = location.matches("(?is)[a-z][a-z0-9+.-]*:.*");
    try {
      WebAddress next =
          of(
              whole
                  ? location
                  : location.startsWith("//")
                      ? scheme + ":" + location
                      : uri().resolve(escaped(location.replaceAll("(?s)#.*", ""))).toString());
      if (scheme.equals("https") && !next.scheme.equals("https")) {
        throw new IOException("redirects from https to " + next.shown());
      }
      String kept = next.host.equals(host) ? login : null;
      return new WebAddress(next.scheme, kept, next.host, next.rest);
    } catch (IllegalArgumentException e) {
      throw new IOException("redirects to an " + e.getMessage(), e);
    }
  }

  /** Returns the URL without secrets. */
  public String shown() {
    return masked(_ -> "***");
  }

  /**
   * Returns what counts: the URL without secrets, with keys as digests that only the root knows.
   */
  String counted(String root) {
    return masked(key -> Digest.ofText(root + "\n" + key).hex().substring(0, 8));
  }

  private String masked(UnaryOperator<String> keys) {
    return scheme
        + "://"
        + host
        + PARAMETER
            .matcher(rest)
            .replaceAll(
                each -> {
                  String name = URLDecoder.decode(each.group(2), StandardCharsets.UTF_8);
                  String value =
                      SECRET.matcher(name).matches()
                          ? "***"
                          : KEY.matcher(name).matches() ? keys.apply(each.group(3)) : each.group(3);
                  return Matcher.quoteReplacement(each.group(1) + each.group(2) + "=" + value);
                });
  }
}
