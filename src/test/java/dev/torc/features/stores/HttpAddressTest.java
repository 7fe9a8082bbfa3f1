package dev.torc.features.stores;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.torc.features.stores.SharedStores.StoreSettings;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Which URLs and headers a shared store may have; no line shows a secret. */
class HttpAddressTest {

  @ParameterizedTest
  @ValueSource(
      strings = {
        "https://cache.example.org",
        "https://cache.example.org:8443/torc/v1/",
        "HTTPS://EXAMPLE.ORG",
        "http://localhost:8080",
        "http://127.0.0.1",
        "http://127.9.9.9/x",
        "http://[::1]:9090/x",
        "https://[2001:db8::1]/x",
      })
  void addressesThatMayBe(String url) throws Exception {
    assertEquals(url.replaceAll("/$", ""), HttpAddress.of(url, Map.of()).toString());
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          http://cache.example.org        | http:// is for servers of this machine alone; use https://
          http://10.0.0.1/x               | http:// is for servers of this machine alone; use https://
          http://127.0.0.1.example.org    | http:// is for servers of this machine alone; use https://
          http://localhost.example.org    | http:// is for servers of this machine alone; use https://
          http://[::ffff:10.0.0.1]/       | http:// is for servers of this machine alone; use https://
          https://me:s3cret@example.org/x | a URL with a user in it would be shown; use headers: {Authorization: {env: NAME}}
          http://s3cret@localhost/x       | a URL with a user in it would be shown; use headers: {Authorization: {env: NAME}}
          https://example.org/?a=b        | a URL with ? or #; only a path may follow the host
          https://example.org/#a          | a URL with ? or #; only a path may follow the host
          ftp://example.org               | no URL of a server; it is https://HOST/PATH
          file:///scratch                 | no URL of a server; it is https://HOST/PATH
          example.org                     | no URL of a server; it is https://HOST/PATH
          https:///x                      | no URL of a server; it is https://HOST/PATH
          https://aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa.example | no URL of a server; it is https://HOST/PATH
          https://a b                     | no URL: Illegal character in authority
          """)
  void addressesThatMayNotBe(String url, String reason) {
    String line =
        assertThrows(StoreRefusal.class, () -> HttpAddress.of(url, Map.of())).getMessage();
    assertTrue(line.startsWith(reason), line);
    assertFalse(line.contains("s3cret"));
  }

  @Test
  void headersThatCannotBeSentAreRefusedAndNeverShown() throws Exception {
    for (String value : List.of("s3cret\n", "s3cret\r\nHost: x", "s3cret\0", "s3crét")) {
      String line = header("Authorization", value);
      assertTrue(line.startsWith("header Authorization: its value has a line end"), line);
      assertFalse(line.contains("s3cr"), line);
    }
    assertEquals("header Host is the protocol's own; leave it out", header("Host", "x"));
    assertEquals("no name of a header: $'A\\n'", header("A\n", "x"));
    Map<String, String> headers = Map.of("Authorization", " \t~s3cret");
    HttpAddress.of("https://a", headers);
    StoreSettings settings = new StoreSettings(null, null, "https://a", headers, null, List.of());
    assertEquals("https://a", settings.toString());
  }

  private static String header(String name, String value) {
    return assertThrows(StoreRefusal.class, () -> HttpAddress.of("https://a", Map.of(name, value)))
        .getMessage();
  }
}
