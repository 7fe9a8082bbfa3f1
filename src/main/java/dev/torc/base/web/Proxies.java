package dev.torc.base.web;

import java.io.IOException;
import java.math.BigInteger;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Proxy;
import java.net.ProxySelector;
import java.net.SocketAddress;
import java.net.URI;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * Which proxy of the environment leads to a URL. {@code no_proxy} means what curl takes it for:
 * domains with or without a dot before them, addresses and ranges of addresses.
 */
final class Proxies extends ProxySelector {

  private final Map<String, String> env;

  Proxies(Map<String, String> env) {
    this.env = env;
  }

  @Override
  public List<Proxy> select(URI uri) {
    WebAddress proxy = of(uri);
    if (proxy == null) {
      return List.of(Proxy.NO_PROXY);
    }
    URI at = proxy.uri();
    int port = at.getPort() < 0 ? 80 : at.getPort();
    return List.of(new Proxy(Proxy.Type.HTTP, new InetSocketAddress(at.getHost(), port)));
  }

  @Override
  public void connectFailed(URI uri, SocketAddress address, IOException e) {
    // the request itself fails
  }

  /** Returns the proxy that the environment names for a URL; null for none. */
  WebAddress of(URI uri) {
    String proxy = variable(uri.getScheme() + "_proxy");
    proxy = proxy.isEmpty() ? variable("all_proxy") : proxy;
    if (proxy.isEmpty() || isDirect(uri.getHost().toLowerCase(Locale.ROOT))) {
      return null;
    }
    try {
      WebAddress address = WebAddress.of(proxy.contains("://") ? proxy : "http://" + proxy);
      if (address.scheme().equals("http")) {
        return address;
      }
    } catch (IllegalArgumentException e) {
      throw new WebRefusal("the proxy is an " + e.getMessage());
    }
    throw new WebRefusal("the proxy for %s must be an http:// URL".formatted(uri.getScheme()));
  }

  private boolean isDirect(String host) {
    boolean literal = host.matches("[\\d.]+|\\[.*");
    String dotted = "." + host.replaceFirst("\\.$", "");
    for (String each : variable("no_proxy").toLowerCase(Locale.ROOT).split("[,\\s]+")) {
      String name = each.replaceFirst("^([^:]*|\\[.*]):\\d+$", "$1"); // without a port
      String domain = name.replaceFirst("^\\*?\\.", "").replaceFirst("\\.$", "");
      boolean same =
          literal
              ? isWithin(host, name.split("/", 2))
              : !domain.isEmpty() && dotted.endsWith("." + domain);
      if (same || each.equals("*")) {
        return true;
      }
    }
    return false;
  }

  /** Returns whether an address is the one of {@code range}, or shares its first bits. */
  private static boolean isWithin(String host, String[] range) {
    try {
      byte[] address = InetAddress.ofLiteral(host).getAddress();
      byte[] other = InetAddress.ofLiteral(range[0]).getAddress();
      int rest = range.length == 1 ? 0 : Math.max(0, 8 * other.length - Integer.parseInt(range[1]));
      BigInteger differing = new BigInteger(1, address).xor(new BigInteger(1, other));
      return address.length == other.length && differing.shiftRight(rest).signum() == 0;
    } catch (IllegalArgumentException e) {
      return false; // a name, or no number
    }
  }

  /**
   * Returns a variable by its lower-case or upper-case name. A CGI server sets {@code HTTP_PROXY}
   * to a header of its client, so that one is never read.
   */
  private String variable(String name) {
    String lower = env.getOrDefault(name, "");
    return !lower.isEmpty() || name.equals("http_proxy")
        ? lower
        : env.getOrDefault(name.toUpperCase(Locale.ROOT), "");
  }
}
