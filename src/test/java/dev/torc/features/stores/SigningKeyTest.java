package dev.torc.features.stores;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.torc.base.posix.OwnUser;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Arrays;
import java.util.Base64;
import java.util.HexFormat;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Keys in files, and records signed with them. */
class SigningKeyTest {

  /** The first test of RFC 8032: a private key, and the public one that follows from it. */
  private static final String RFC =
      """
      -----BEGIN PRIVATE KEY-----
      MC4CAQAwBQYDK2VwBCIEIJ1hsZ3v/VpguoRK9JLsLMREScVpezJpGXA7rAMcrn9g
      -----END PRIVATE KEY-----
      """;

  @TempDir Path folder;
  private Path file;

  @BeforeEach
  void aPlace() {
    file = folder.resolve("key.pem");
  }

  private String refusal() {
    return assertThrows(StoreRefusal.class, () -> SigningKey.read(file)).getMessage();
  }

  private void write(String text) throws IOException {
    Files.writeString(file, text);
    Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-------"));
  }

  @Test
  void aKeyIsMadeForItsOwnerAlone() throws Exception {
    SigningWord made = SigningKey.make(file);
    assertEquals("rw-------", PosixFilePermissions.toString(Files.getPosixFilePermissions(file)));
    assertEquals(made, SigningKey.read(file).word());
    assertEquals(made, SigningWord.of(made.toString()));
    assertTrue(made.toString().matches("ed25519:[A-Za-z0-9+/]{43}="), made.toString());
  }

  @Test
  void aKeyIsNeverWrittenOverAnything() throws Exception {
    write("mine");
    String there = ": already exists; a key is never overwritten: name another file";
    assertEquals(
        file + there, assertThrows(StoreRefusal.class, () -> SigningKey.make(file)).getMessage());
    assertEquals("mine", Files.readString(file));
    Path link = Files.createSymbolicLink(folder.resolve("link"), folder.resolve("none"));
    assertThrows(StoreRefusal.class, () -> SigningKey.make(link));
    assertFalse(Files.exists(folder.resolve("none")));
    Path none = folder.resolve("none/key");
    assertEquals(
        none + ": cannot write the key: no such file or folder",
        assertThrows(StoreRefusal.class, () -> SigningKey.make(none)).getMessage());
  }

  @Test
  void thePublicHalfFollowsFromThePrivateOne() throws Exception {
    write("Bag Attributes: of openssl\n" + RFC.replace("\n", "\r\n"));
    assertEquals(
        "ed25519:"
            + Base64.getEncoder()
                .encodeToString(
                    HexFormat.of()
                        .parseHex(
                            "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a")),
        SigningKey.read(file).word().toString());
    write(RFC + "x".repeat((1 << 14) - RFC.length())); // the longest key file that is read
    SigningKey.read(file);
  }

  @Test
  void anotherUsersKeyIsRefused() throws Exception {
    assumeTrue(OwnUser.is(0), "only root gives files away");
    SigningKey.make(file);
    Files.setAttribute(file, "unix:uid", 1);
    assertTrue(refusal().startsWith(file + ": this key is another user's"), refusal());
  }

  @ParameterizedTest
  @ValueSource(strings = {"rw-r-----", "rw----r--", "rw-rw----", "rw-----w-", "rwx--x---"})
  void aKeyThatOthersReachIsRefused(String mode) throws Exception {
    SigningKey.make(file);
    Files.setPosixFilePermissions(file, PosixFilePermissions.fromString(mode));
    assertEquals(file + ": others can reach this key; run: chmod 600 " + file, refusal());
  }

  @Test
  void invalidKeysAreRefused() throws Exception {
    assertEquals(file + ": cannot read the key: no such file or folder", refusal());
    Files.createDirectory(file);
    assertEquals(
        file + ": not a file; a key is wanted: make one with torc store --make-key FILE",
        refusal());
    Files.delete(file);
    String pem =
        ": no private key in PEM (PKCS#8, without a password);"
            + " make one with torc store --make-key FILE";
    write("");
    assertEquals(file + pem, refusal());
    write(RFC.replace("PRIVATE", "ENCRYPTED PRIVATE"));
    assertEquals(file + pem, refusal());
    String kind =
        ": a key of another kind than Ed25519, or a damaged one;"
            + " make one with torc store --make-key FILE";
    write(RFC.replace("MC4CAQAw", "MC4CAQAx"));
    assertEquals(file + kind, refusal());
    // an X25519 key, as openssl genpkey -algorithm X25519 makes them
    write(RFC.replace("BQYDK2Vw", "BQYDK2Vu"));
    assertEquals(file + kind, refusal());
    write("x".repeat(1 << 20));
    assertEquals(file + pem, refusal());
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "ed25519",
        "ed25519:",
        "ed25519:AAAA",
        "rsa:AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=",
        "ed25519:AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA AAA=",
        "ed25519:AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA",
      })
  void invalidPublicKeysAreRefused(String word) {
    assertThrows(StoreRefusal.class, () -> SigningWord.of(word));
  }

  @Test
  void aRecordIsSignedWhole() throws Exception {
    SigningWord word = SigningKey.make(file);
    SigningKey key = SigningKey.read(file);
    Result result = ResultSamples.whole();
    byte[] blob = SealedRecord.seal(result, List.of(), key);
    SealedRecord opened = SealedRecord.open(blob);
    assertEquals(word, opened.signer());
    assertEquals(result, opened.record());
    for (int i = 0; i < blob.length; i++) {
      byte[] other = blob.clone();
      other[i] ^= 1;
      try {
        SealedRecord changed = SealedRecord.open(other);
        assertNull(changed.signer(), "byte " + i);
      } catch (StoreRefusal refused) {
        assertTrue(refused.getMessage().startsWith("its record "));
      }
    }
  }

  @Test
  void theSignerStandsInTheEnvelope() throws Exception {
    SigningKey.make(file);
    SigningKey key = SigningKey.read(file);
    byte[] blob = SealedRecord.seal(ResultSamples.whole(), List.of(), key);
    byte[] others = blob.clone();
    System.arraycopy(SigningKey.make(folder.resolve("other")).bytes(), 0, others, 11, 32);
    assertEquals("its record is wrongly signed", open(others));
    byte[] unsigned = SealedRecord.seal(ResultSamples.whole(), List.of(), null);
    assertNull(SealedRecord.open(unsigned).signer());
    assertEquals(SealedRecord.open(unsigned).record(), SealedRecord.open(blob).record());
    assertEquals("its record was not written by torc", open(new byte[6]));
    assertEquals("its record was not written by torc", open("<html>not here</html>".getBytes()));
    unsigned[4] = 1;
    assertEquals("its record has version 1, and this torc knows 4", open(unsigned));
    unsigned[4] = 4;
    unsigned[5] = 9;
    assertEquals("its record is of an unknown kind", open(unsigned));
    assertEquals("its record is cut off", open(Arrays.copyOf(blob, 60)));
  }

  private static String open(byte[] blob) {
    return assertThrows(StoreRefusal.class, () -> SealedRecord.open(blob)).getMessage();
  }

  @Test
  void opensslReadsTheKeyAndTheJdkReadsItsKeys() throws Exception {
    assumeTrue(run("sh", "-c", "command -v openssl").status == 0, "openssl is not installed");
    SigningWord made = SigningKey.make(file);
    Ran read = run("openssl", "pkey", "-in", file.toString(), "-pubout", "-outform", "DER");
    assertEquals(0, read.status);
    byte[] bytes = read.out;
    assertEquals(made, SigningWord.of(Arrays.copyOfRange(bytes, bytes.length - 32, bytes.length)));
    Path theirs = folder.resolve("theirs.pem");
    assertEquals(
        0, run("openssl", "genpkey", "-algorithm", "ed25519", "-out", theirs.toString()).status);
    Files.setPosixFilePermissions(theirs, PosixFilePermissions.fromString("rw-------"));
    assertNotEquals(made, SigningKey.read(theirs).word());
  }

  private record Ran(int status, byte[] out) {}

  private static Ran run(String... command) throws Exception {
    Process process = new ProcessBuilder(command).start();
    byte[] out = process.getInputStream().readAllBytes();
    return new Ran(process.waitFor(), out);
  }
}
