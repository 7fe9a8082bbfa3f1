package dev.torc.base.web;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.net.URI;
import java.util.Map;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Section 13, fetch: the variables of the environment that name proxies mean what curl reads. */
class ProxiesTest {

  @ParameterizedTest
  @CsvSource({
    "h.example, h.example, true",
    "h.example, .example, true",
    "h.example, *.example, true",
    "h.example, EXAMPLE, true",
    "h.example., h.example, true",
    "h.example, h.example., true",
    "h.example, 'a b,h.example', true",
    "h.example, h.example:8080, true",
    "h.example, *, true",
    "h.example, ample, false",
    "example, h.example, false",
    "h.example, '', false",
    "h.example, ., false",
    "10.1.2.3, 10.1.2.3, true",
    "10.1.2.3, 10.1.2.3:80, true",
    "10.1.2.3, 10.0.0.0/8, true",
    "10.1.2.3, 10.1.2.2/31, true",
    "10.1.2.3, 10.1.2.4/31, false",
    "10.1.2.3, 0.0.0.0/0, true",
    "10.1.2.3, 10.1.2.3/99, true",
    "10.1.2.3, 10.1.2.3/x, false",
    "10.1.2.3, 2.3, false",
    "10.1.2.3, '::/0', false",
    "10.example, 10.0.0.0/8, false",
    "[::1], '::1', true",
    "[::1], [::1], true",
    "[::1], [::1]:80, true",
    "[::1], '0:0::1', true",
    "[::1], '::2', false",
    "[fd00::1:2], 'fd00::/8', true",
    "[fd00::1:2], '[fd00::]/8', true",
    "[fd00::1:2], 'fe00::/8', false",
    "[fd00::1:2], ':2', false",
  })
  void hostsOfNoProxyAreReachedDirectly(String host, String names, boolean direct) {
    Proxies proxies = new Proxies(Map.of("http_proxy", "p:3128", "NO_PROXY", names));
    WebAddress proxy = proxies.of(URI.create("http://" + host + "/x"));
    assertEquals(direct ? null : "p:3128", proxy == null ? null : proxy.host());
  }

  @ParameterizedTest
  @CsvSource({
    "http, http_proxy, true",
    "http, HTTP_PROXY, false",
    "https, https_proxy, true",
    "https, HTTPS_PROXY, true",
    "https, http_proxy, false",
    "http, all_proxy, true",
    "https, ALL_PROXY, true",
  })
  void eachSchemeHasItsVariable(String scheme, String name, boolean read) {
    WebAddress proxy = new Proxies(Map.of(name, "http://p")).of(URI.create(scheme + "://h/x"));
    assertEquals(read, proxy != null);
  }
}
