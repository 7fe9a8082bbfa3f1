package dev.torc.features.stores;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.torc.features.stores.SharedStores.StoreSettings;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Which descriptions of a store are refused before any store is asked. */
class StoreSettingsTest {

  @TempDir Path temp;

  private static StoreSettings server(Path key, String... trust) {
    return new StoreSettings(null, null, "https://a", Map.of(), key, List.of(trust));
  }

  private static String refusal(StoreSettings settings) {
    String line = assertThrows(StoreRefusal.class, settings::check).getMessage();
    assertEquals(
        line,
        assertThrows(
                StoreRefusal.class,
                () -> SharedStores.open(List.of(settings), Path.of("/r"), Map.of(), null, l -> {}))
            .getMessage());
    return line;
  }

  @Test
  void aKeyThatOthersReachIsRefused() throws Exception {
    Path key = temp.resolve("key");
    SigningKey.make(key);
    server(key).check();
    Files.setPosixFilePermissions(key, PosixFilePermissions.fromString("rw-r--r--"));
    String line = key + ": others can reach this key; run: chmod 600 " + key;
    assertEquals(line, refusal(server(key)));
    assertEquals(line, refusal(new StoreSettings(temp, null, null, Map.of(), key, List.of())));
    Files.delete(key);
    assertEquals(key + ": cannot read the key: no such file or folder", refusal(server(key)));
  }

  @Test
  void invalidTrustedKeysAreRefused() {
    String end =
        " is not a public key; a key is ed25519: and 44 characters, as torc store --make-key"
            + " prints them";
    assertEquals("ed25519:AAAA" + end, refusal(server(null, "ed25519:AAAA")));
    assertEquals("$'a\\n'" + end, refusal(server(null, "a\n")));
  }

  @Test
  void invalidServersAndGroupsAreRefused() {
    assertEquals(
        "no URL of a server; it is https://HOST/PATH",
        refusal(new StoreSettings(null, null, "x", Map.of(), null, List.of())));
    assertEquals(
        "group none-such does not exist on this machine",
        refusal(new StoreSettings(temp, "none-such", null, Map.of(), null, List.of())));
  }
}
