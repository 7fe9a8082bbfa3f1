package dev.torc.features.stores;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.torc.base.digests.Digest;
import dev.torc.core.memory.JobResult.StoredValue;
import dev.torc.core.memory.RecordedProduct;
import dev.torc.features.stores.SharedStore.Hit;
import dev.torc.features.stores.SharedStores.Upload;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What every kind of shared store does; the class of each kind adds tests of its own. */
abstract class StoreContract {

  static final Digest KEY = ResultSamples.KEY;

  /** Texts that are too large to come with a record. */
  static final String ONE = "one\n".repeat(1 << 14);

  static final String TWO = "two\n".repeat(1 << 14);
  static final int SIZE = SealedRecord.SMALL;

  private static final Digest OTHER = Digest.ofText("another key");

  @TempDir Path temp;

  /** The stores of a root that sends and finds. */
  Outbox box;

  /** The store's name in messages. */
  abstract String name();

  /** The stores of another root, which finds. */
  abstract Outbox reader() throws Exception;

  /** The key that signs the store's records; null if they are not signed. */
  abstract SigningKey key();

  /** The bytes of a file in the store; null if there is none. */
  abstract byte[] bytes(String path) throws IOException;

  /** Puts a file in the store behind torc's back; null for its bytes takes it away. */
  abstract void put(String path, byte[] bytes) throws IOException;

  final String told(String line) {
    return "store " + name() + ": " + line;
  }

  final Path into() throws IOException {
    return Files.createTempDirectory(temp, "into");
  }

  static String entry(Digest key) {
    return "ac/" + key.hex();
  }

  static String blob(String text) {
    return "cas/" + Digest.ofText(text).hex();
  }

  /** Puts a record in the place of {@link #KEY}'s record. */
  final void replace(byte[] record) throws IOException {
    BlobSource source = BlobSource.bytes(record);
    put("cas/" + source.blob().name(), record);
    put(entry(KEY), ActionEntry.encode(source.blob()));
  }

  /** The reason why no blob of {@link #KEY}'s record is fetched; checks that no file came. */
  private String missed() throws Exception {
    Path into = into();
    String reason = box.get(KEY, into);
    assertEquals(0, into.toFile().list().length);
    return reason;
  }

  @Test
  void aResultOfOneRootIsFoundByAnother() throws Exception {
    Result sent = box.send(KEY, ONE, TWO, "");
    Path into = into();
    try (Outbox other = reader()) {
      Hit found = other.find(KEY);
      assertEquals(sent, found.result(), found.reason());
      assertEquals(name(), found.store().name());
      assertNull(other.fetch(found, into));
      for (String text : List.of(ONE, TWO, "")) {
        assertEquals(text, Files.readString(into.resolve(Digest.ofText(text).hex())));
      }
      assertNull(other.find(OTHER).result());
      assertNull(other.find(OTHER).reason());
      assertEquals(List.of(), other.told);
    }
    assertEquals(List.of(), box.told);
  }

  @Test
  void wrongBytesAreAMissAndAreSentAgain() throws Exception {
    box.send(KEY, ONE);
    put(blob(ONE), TWO.getBytes());
    assertEquals("other bytes lie under the name " + Digest.ofText(ONE), missed());
    box.send(KEY, ONE);
    assertEquals(ONE, new String(bytes(blob(ONE))));
    box.later();
    assertEquals(ONE, box.get(KEY, into()));
    put(blob(ONE), (ONE + "and more").getBytes());
    assertEquals(Digest.ofText(ONE) + " has more than its 65536 bytes", missed());
    box.later();
    put(blob(ONE), "on".getBytes());
    assertEquals(List.of(), box.told);
    String less = Digest.ofText(ONE) + " ended after 2 of its 65536 bytes";
    assertEquals(less, missed());
    assertEquals(List.of(told(less + "; left alone for this build")), box.told);
    assertEquals(told("left alone for this build"), missed());
  }

  @Test
  void aBlobThatIsGoneIsAMissAndNoFailure() throws Exception {
    box.send(KEY, ONE, TWO);
    put(blob(TWO), null);
    for (int i = 0; i < 5; i++) {
      assertEquals(Digest.ofText(TWO) + " is gone from the store", missed());
    }
    assertEquals(List.of(), box.told);
    box.send(KEY, ONE, TWO);
    assertEquals(ONE, box.get(KEY, into()));
  }

  @Test
  void anothersRecordUnderAKeyIsAMiss() throws Exception {
    box.send(KEY, ONE);
    put(entry(OTHER), bytes(entry(KEY)));
    assertEquals(
        told("the record under key " + OTHER + " belongs to another result"),
        box.get(OTHER, into()));
    box.later();
    assertEquals(List.of(), box.names(KEY));
    box.later();
    assertEquals(ONE, box.get(KEY, into()));
    FoundNames names = new FoundNames(KEY, List.of(List.of("a.h")));
    replace(SealedRecord.seal(names, List.of(), key()));
    assertEquals(names.lists(), box.names(KEY));
    box.close();
    String last =
        "the record under key " + KEY + " belongs to another result (the last of 2 such answers)";
    assertEquals(List.of(told(last)), box.told);
    try (Outbox other = reader()) {
      assertEquals(
          told("the record under key " + KEY + " belongs to another result"),
          other.get(KEY, into()));
    }
  }

  @Test
  void privateProductsAreNotSent() throws Exception {
    box.post(new Upload(ResultSamples.of(), List.of(), false, "mine"));
    box.stores.finish();
    assertNull(box.find(KEY).result());
    String line = "mine is for its owner alone; results with such products are not sent";
    assertEquals(List.of("shared stores: " + line), box.told);
  }

  @Test
  void aLargeRecordIsReadWhole() {
    List<StoredValue> data = List.of(new StoredValue("key", "x".repeat(2 << 20)));
    Result result = ResultSamples.of(KEY, null, null, null, data, List.of(), List.of());
    box.post(new Upload(result, List.of(), false, null));
    box.stores.finish();
    assertEquals(result, box.find(KEY).result());
  }

  @Test
  void aFileThatChangedIsNotSent() throws Exception {
    Path file = Files.writeString(temp.resolve("file"), TWO);
    RecordedProduct product = ResultSamples.file("out", ONE);
    BlobSource source = BlobSource.file(Blob.of(product), file);
    for (int i = 0; i < 3; i++) {
      box.post(new Upload(ResultSamples.of(product), List.of(source), false, null));
      box.stores.finish();
    }
    Upload late = new Upload(ResultSamples.of(product), List.of(source), false, null);
    box.stores.all().getFirst().put(late); // the search for the root's path saw the whole file
    assertNull(box.find(KEY).result());
    assertNull(bytes(blob(ONE)));
    assertNull(bytes(entry(KEY)));
    box.close();
    assertEquals(List.of(), box.told);
    assertThrows(
        IllegalArgumentException.class,
        () -> new Upload(ResultSamples.of(product), List.of(), false, null).marked(null));
  }
}
