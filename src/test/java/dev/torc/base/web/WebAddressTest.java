package dev.torc.base.web;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Section 13, fetch: which texts are URLs, and which parts of them are shown and count. */
class WebAddressTest {

  @ParameterizedTest
  @CsvSource({
    "http://h, http://h/",
    "HTTPS://Host:8443/A?b#c, https://host:8443/A?b",
    "http://h/a b [1].txt, http://h/a%20b%20%5B1%5D.txt",
    "http://h/a%20b%2, http://h/a%20b%252",
    "http://h/ä|{x}, http://h/%C3%A4%7C%7Bx%7D",
    "http://bücher.example/x, http://xn--bcher-kva.example/x",
    "'http://[::1]:80/x', 'http://[::1]:80/x'",
    "http://u:p@h/x, http://h/x",
  })
  void addressesThatBrowsersAcceptAreUrls(String written, String meant) {
    assertEquals(meant, WebAddress.of(written).uri().toString());
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "x",
        "http://",
        "http:///x",
        "c:x",
        "http://h:x/",
        "http://h:65536/",
        "http://a b/"
      })
  void otherTextsAreNone(String written) {
    assertThrows(IllegalArgumentException.class, () -> WebAddress.of(written));
  }

  @ParameterizedTest
  @CsvSource({
    "token",
    "access_token",
    "sig",
    "Signature",
    "password",
    "client-secret",
    "auth",
    "credential",
    "X-Amz-Signature",
    "X-Amz-Date",
    "x-goog-credential",
    "X%2DAmz-Date"
  })
  void secretsNeitherCountNorAreShown(String name) {
    WebAddress one = WebAddress.of("http://me:word@h/x?v=1&" + name + "=S3CRET#f");
    assertEquals("http://h/x?v=1&" + name + "=***", one.shown());
    assertEquals(one.shown(), one.counted("root"));
  }

  @ParameterizedTest
  @ValueSource(strings = {"v", "signed", "design", "author", "monkey", "keyword"})
  void otherValuesAreShownAndCount(String name) {
    WebAddress one = WebAddress.of("http://h/x?" + name + "=1");
    assertEquals("http://h/x?" + name + "=1", one.shown());
    assertEquals(one.shown(), one.counted("root"));
  }

  @ParameterizedTest
  @ValueSource(strings = {"key", "api_key", "apikey", "KEY"})
  void keysCountButAreNotShown(String name) {
    WebAddress one = WebAddress.of("http://h/x?" + name + "=S3CRET");
    WebAddress other = WebAddress.of("http://h/x?" + name + "=other");
    assertEquals("http://h/x?" + name + "=***", one.shown());
    assertEquals(0, one.counted("root").indexOf("http://h/x?" + name + "="));
    assertEquals(-1, one.counted("root").indexOf("S3CRET"));
    assertEquals(false, one.counted("root").equals(other.counted("root")));
    assertEquals(false, one.counted("root").equals(one.counted("other root")));
  }

  @Test
  void aRedirectTakesTheLoginOnlyToTheSameHost() {
    WebAddress from = WebAddress.of("http://u:p%40@h:80/a/b?c");
    assertEquals("u:p@", from.plainLogin());
    assertEquals("http://h:80/a/x%20y", from.redirected("x y").uri().toString());
    assertEquals("u:p@", from.redirected("x").plainLogin());
    assertEquals("u:p@", from.redirected("https://h:80/x").plainLogin());
    assertNull(from.redirected("http://h:81/x").plainLogin());
    assertNull(from.redirected("//other/x").plainLogin());
    assertNull(from.redirected("http://v:q@other/x").plainLogin());
  }

  @Test
  void fromHttpsARedirectLeadsToHttpsOnly() {
    WebAddress from = WebAddress.of("https://h/a");
    assertEquals("https://other/x", from.redirected("//other/x").uri().toString());
    assertThrows(WebRefusal.class, () -> from.redirected("http://h/a"));
    assertThrows(WebRefusal.class, () -> from.redirected("file:///etc/passwd"));
    assertThrows(WebRefusal.class, () -> WebAddress.of("http://h/").redirected("ftp://h/a"));
  }
}
