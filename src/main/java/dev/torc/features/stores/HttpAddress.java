package dev.torc.features.stores;

import dev.torc.base.text.SafeText;
import dev.torc.base.web.WebAddress;
import dev.torc.base.web.WebHeader;
import java.net.URI;
import java.net.URISyntaxException;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.regex.Pattern;

/**
 * The checked URL of a shared store and its request headers. Header values may be secret, so
 * nothing is sent to another machine unencrypted, and no value is ever shown.
 */
record HttpAddress(String url, Map<String, String> headers) {

  private static final Pattern LONG_LABEL = Pattern.compile("[^.]{64}"); // RFC 1035: 63 at most

  /** Checks an address. If it cannot be used, throws with a line that shows no secret. */
  static HttpAddress of(String url, Map<String, String> headers) throws StoreRefusal {
    URI uri;
    try {
      uri = new URI(url);
    } catch (URISyntaxException e) {
      throw new StoreRefusal("no URL: " + SafeText.line(e.getReason(), 100));
    }
    if (uri.getRawUserInfo() != null) {
      throw new StoreRefusal(
          "a URL with a user in it would be shown; use headers: {Authorization: {env: NAME}}");
    }
    String scheme = String.valueOf(uri.getScheme()).toLowerCase(Locale.ROOT);
    boolean known = Set.of("http", "https").contains(scheme);
    if (!known || uri.getHost() == null || LONG_LABEL.matcher(uri.getHost()).find()) {
      throw new StoreRefusal("no URL of a server; it is https://HOST/PATH");
    }
    if (uri.getRawQuery() != null || uri.getRawFragment() != null) {
      throw new StoreRefusal("a URL with ? or #; only a path may follow the host");
    }
    String host = uri.getHost().toLowerCase(Locale.ROOT);
    if (scheme.equals("http") && !WebAddress.isHere(host)) {
      throw new StoreRefusal("http:// is for servers of this machine alone; use https://");
    }
    for (Map.Entry<String, String> header : headers.entrySet()) {
      String refusal = WebHeader.refusal(header.getKey(), header.getValue());
      if (refusal != null) {
        throw new StoreRefusal(refusal);
      }
    }
    return new HttpAddress(url.replaceAll("/+$", ""), new TreeMap<>(headers));
  }

  /** Returns whether requests are not encrypted; then it is a server of this machine. */
  boolean isPlain() {
    return url.regionMatches(true, 0, "http:", 0, 5);
  }

  URI resolve(String kind, String name) {
    return URI.create(url + "/" + kind + "/" + name);
  }

  /** Returns the URL, without the headers, which may be secret. */
  @Override
  public String toString() {
    return url;
  }
}
