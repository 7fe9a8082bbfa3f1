package dev.torc.store;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.torc.bytes.ByteWriter;
import dev.torc.bytes.FieldWriter;
import dev.torc.hash.Digest;
import dev.torc.hash.Stamp;
import dev.torc.store.SharedRecord.Type;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Shared records as bytes: what is taken, and the reasons of what is not. */
class SharedCodecTest {

  private static final Digest DIGEST = Digest.ofText("x");

  private static SharedRecord again(SharedRecord record) throws SharedRefusal {
    return SharedCodec.decode(record.type(), SharedCodec.encode(record));
  }

  private static String refusal(Type type, byte[] bytes) {
    return assertThrows(SharedRefusal.class, () -> SharedCodec.decode(type, bytes)).getMessage();
  }

  /** It is refused by who would send it, and by who is sent it, for the same reason. */
  private static String refusal(SharedRecord record) {
    String sent = refusal(record.type(), SharedCodec.bytes(record));
    assertEquals(
        assertThrows(SharedRefusal.class, () -> SharedCodec.encode(record)).getMessage(), sent);
    return sent;
  }

  @Test
  void whatIsWrittenIsRead() throws Exception {
    SharedResult whole = SharedSamples.whole();
    assertEquals(whole, again(whole));
    SharedResult bare = SharedSamples.of();
    assertEquals(bare, again(bare));
    SharedNames names =
        new SharedNames(DIGEST, List.of(List.of("a.h", "b.h"), List.of(), List.of("a.h")));
    assertEquals(names, again(names));
  }

  @Test
  void filesAndBlobsAreThoseOfAllFolders() {
    SharedResult whole = SharedSamples.whole();
    assertEquals(
        List.of("out/folder é/a-b", "out/folder é/a/one", "out/run", "out/run.d"),
        whole.files().stream().map(SharedProduct::path).toList());
    assertEquals(
        Set.of(
            new SharedBlob(Digest.ofText(""), 0),
            new SharedBlob(Digest.ofText("1"), 1),
            new SharedBlob(Digest.ofText("run"), 3),
            new SharedBlob(Digest.ofText("run: run.c"), 10),
            new SharedBlob(Digest.ofText("all it wrote"), 12)),
        whole.blobs());
  }

  @Test
  void aRecordIsPutIntoItsOrder() throws Exception {
    SharedResult one = SharedSamples.of(SharedSamples.file("b", ""), SharedSamples.file("a", ""));
    assertTrue(refusal(one).endsWith("a: not in its order"));
    assertEquals(
        SharedSamples.of(SharedSamples.file("a", ""), SharedSamples.file("b", "")),
        again(one.sorted()));
  }

  @Test
  void damageIsRefusedOrHarmless() throws Exception {
    byte[] whole = SharedCodec.encode(SharedSamples.whole());
    Random random = new Random(18);
    int taken = 0;
    for (int i = 0; i < 20_000; i++) {
      byte[] bytes =
          Arrays.copyOf(
              whole, random.nextInt(4) == 0 ? random.nextInt(whole.length + 9) : whole.length);
      for (int n = random.nextInt(3); n >= 0 && bytes.length > 0; n--) {
        bytes[random.nextInt(bytes.length)] = (byte) random.nextInt(256);
      }
      try {
        SharedRecord record = SharedCodec.decode(Type.RESULT, bytes);
        assertEquals(record, again(record));
        taken++;
      } catch (SharedRefusal refused) {
        assertTrue(refused.getMessage().startsWith("its record "), refused.getMessage());
        assertEquals(1, refused.getMessage().lines().count());
      }
    }
    assertTrue(taken > 0 && taken < 19_000, taken + " taken");
  }

  @Test
  void aRecordHasOneFormOnly() throws Exception {
    byte[] whole = SharedCodec.encode(SharedSamples.whole());
    String odd = "its record is not written as torc writes it";
    ByteWriter more = new ByteWriter(0);
    more.raw(whole);
    new FieldWriter(more).text(100, "of a later torc");
    assertEquals(odd, refusal(Type.RESULT, more.bytes()));
    ByteWriter invalid = new ByteWriter(0);
    new FieldWriter(invalid).digest(1, DIGEST);
    new FieldWriter(invalid).bytes(2, new byte[] {'a', (byte) 0xff});
    new FieldWriter(invalid).text(9, "");
    new FieldWriter(invalid).text(10, "");
    assertEquals(odd, refusal(Type.RESULT, invalid.bytes()));
    assertEquals(
        "its record is damaged", refusal(Type.RESULT, Arrays.copyOf(whole, whole.length + 1)));
    assertEquals("its record has no key", refusal(Type.RESULT, new byte[0]));
    assertEquals("its record has no key", refusal(Type.NAMES, new byte[0]));
  }

  @ParameterizedTest
  @CsvSource(
      textBlock =
          """
          /etc/passwd  | an absolute path
          ../x         | a path with ..
          a/../../x    | a path with ..
          ..           | a path with ..
          a//b         | a path with an empty part
          a/           | a path with an empty part
          ./a          | a path with an empty part
          a/./b        | a path with an empty part
          .git/hooks/x | a path with .git
          a/.GIT/x     | a path with .GIT
          .torc        | a path with .torc
          .torc-kept/a | a path with .torc-kept
          """,
      delimiter = '|')
  void pathsThatLeadElsewhereAreRefused(String path, String reason) {
    SharedProduct file = SharedSamples.file(path, "x");
    assertEquals("its record has " + path + ": " + reason, refusal(SharedSamples.of(file)));
    SharedProduct link = SharedProduct.link(path, "x");
    assertEquals("its record has " + path + ": " + reason, refusal(SharedSamples.of(link)));
    SharedProduct folder = SharedProduct.folder("f", DIGEST, List.of(file));
    String inner = refusal(SharedSamples.of(folder));
    assertTrue(inner.startsWith("its record has ") && !inner.contains("damaged"), inner);
    SharedResult depfile = withDepfile(file);
    assertEquals("its record has " + path + ": " + reason, refusal(depfile));
  }

  static Stream<Arguments> badProducts() {
    SharedProduct x = SharedSamples.file("x", "x");
    SharedProduct d = SharedProduct.inner("d");
    return Stream.of(
        bad("x: stands there twice", x, x),
        bad("x: stands there twice", SharedProduct.link("x", "y"), x),
        bad("x/y: lies in another product", x, SharedSamples.file("x/y", "")),
        bad("x/y: lies in another product", link("x", "z"), SharedSamples.file("x/y", "")),
        bad("$'a\\x00b': a path with NUL", SharedSamples.file("a\0b", "")),
        bad("x: a link that leads out of its folder", link("x", "/etc")),
        bad("x: a link that leads out of its folder", link("x", "../y")),
        bad("a/x: a link that leads out of its folder", link("a/x", "../y")),
        bad("x: a link with .. behind a name", link("x", "a/../y")),
        bad("x: a link without a text, or with NUL", link("x", "")),
        bad("f/x: a link that leads out of its folder", folder(link("x", ".."))),
        bad("f/d/x: a link that leads out of its folder", folder(d, link("d/x", "../.."))),
        bad("f/d/x: a link that leads out of its folder", folder(d, link("d/x", "./..//../y"))),
        bad("f/d/y: lies below a link", folder(link("d", "e"), SharedSamples.file("d/y", ""))),
        bad("f/d/y: lies in no folder of its product", folder(SharedSamples.file("d/y", ""))),
        bad("f/x: stands there twice", folder(x, x)),
        bad("f/d: not in its order", folder(x, d)),
        bad("f/__pycache__: never part of a folder", folder(SharedProduct.inner("__pycache__"))),
        bad("x: an odd size", SharedProduct.file("x", DIGEST, -1)),
        bad("x: an odd size", SharedProduct.file("x", DIGEST, Long.MAX_VALUE)),
        bad(kind("x"), SharedProduct.file("x", null, 1)),
        bad(kind("x"), SharedProduct.inner("x")),
        bad(kind("x"), of("x", Stamp.Kind.FILE, "y")),
        bad(kind("x"), of("x", Stamp.Kind.LINK, null)),
        bad(kind("x"), of("x", Stamp.Kind.OTHER, null)),
        bad(kind("f/device"), folder(of("device", Stamp.Kind.OTHER, null))),
        bad(kind("f/d"), folder(SharedProduct.folder("d", DIGEST, List.of()))),
        bad(
            "x: members of what is no folder",
            new SharedProduct("x", Stamp.Kind.FILE, DIGEST, 0, null, List.of(x))));
  }

  private static Arguments bad(String reason, SharedProduct... products) {
    return Arguments.of(reason, List.of(products));
  }

  private static String kind(String path) {
    return path + ": neither a file nor a folder nor a link as torc describes them";
  }

  private static SharedProduct of(String path, Stamp.Kind kind, String text) {
    return new SharedProduct(path, kind, DIGEST, 0, text, List.of());
  }

  private static SharedProduct link(String path, String text) {
    return SharedProduct.link(path, text);
  }

  private static SharedProduct folder(SharedProduct... members) {
    return SharedProduct.folder("f", DIGEST, List.of(members));
  }

  @ParameterizedTest
  @MethodSource("badProducts")
  void productsThatCannotBeAreRefused(String reason, List<SharedProduct> products) {
    assertEquals(
        "its record has " + reason,
        refusal(SharedSamples.of(products.toArray(SharedProduct[]::new))));
  }

  @Test
  void aDepfileLiesBesideTheProductsOrIsOne() throws Exception {
    SharedProduct x = SharedSamples.file("x", "x");
    SharedProduct inner = SharedSamples.file("f/x", "x");
    for (SharedProduct depfile : List.of(x, inner, SharedSamples.file("d", ""))) {
      SharedResult result = withDepfile(depfile, folder(x), x);
      assertEquals(result, again(result));
    }
    SharedProduct other = SharedSamples.file("x", "other");
    String within = "lies in another product";
    assertTrue(refusal(withDepfile(other, x)).endsWith(within));
    assertTrue(refusal(withDepfile(SharedSamples.file("x/d", ""), x)).endsWith(within));
    assertTrue(
        refusal(withDepfile(SharedSamples.file("x/d", ""), link("x", "y"))).endsWith(within));
    assertTrue(refusal(withDepfile(SharedSamples.file("f/d", ""), folder(x))).endsWith(within));
    assertTrue(refusal(withDepfile(link("d", "x"), x)).endsWith("a depfile that is no file"));
  }

  private static SharedResult withDepfile(SharedProduct depfile, SharedProduct... products) {
    return new SharedResult(
        SharedSamples.KEY,
        "",
        List.of(products),
        depfile,
        List.of(),
        List.of(),
        null,
        "",
        "",
        0,
        0,
        List.of(),
        List.of(),
        null);
  }

  @ParameterizedTest
  @ValueSource(strings = {"y", "a/b", "./y", "a//b", "gone"})
  void linksThatStayInsideAreTaken(String text) throws Exception {
    SharedResult top = SharedSamples.of(link("x", text));
    assertEquals(top, again(top));
    SharedProduct d = SharedProduct.inner("d");
    SharedResult inner = SharedSamples.of(folder(d, link("d/x", "../" + text)));
    assertEquals(inner, again(inner));
  }

  @Test
  void thereAreBoundsOnHowMuch() {
    SharedProduct[] files =
        IntStream.rangeClosed(100_000, 100_000 + SharedChecks.MOST_FILES)
            .mapToObj(i -> SharedSamples.file("f" + i, ""))
            .toArray(SharedProduct[]::new);
    assertEquals("its record has too many files", refusal(SharedSamples.of(files)));
    SharedProduct[] links =
        IntStream.rangeClosed(100_000, 100_000 + SharedChecks.MOST_ENTRIES)
            .mapToObj(i -> link("f" + i, "x"))
            .toArray(SharedProduct[]::new);
    String damaged = refusal(Type.RESULT, SharedCodec.bytes(SharedSamples.of(links)));
    assertEquals("its record is damaged", damaged);
    SharedProduct huge = SharedProduct.file("a", DIGEST, 1L << 60);
    assertEquals("its record has too many bytes", refusal(SharedSamples.of(huge)));
    SharedProduct longest = SharedSamples.file("x".repeat(256), "");
    assertTrue(refusal(SharedSamples.of(longest)).endsWith("too long a name"));
    SharedProduct deep = SharedSamples.file("x/".repeat(2048) + "x", "");
    assertTrue(refusal(SharedSamples.of(deep)).endsWith("too long a path"));
  }

  @Test
  void namesAreSortedAndFew() {
    assertEquals("its record has 0 lists of names", refusal(new SharedNames(DIGEST, List.of())));
    List<String> one = List.of("a.h");
    assertEquals(
        "its record has a list of names twice",
        refusal(new SharedNames(DIGEST, List.of(one, one))));
    for (List<String> list : List.of(List.of("b", "a"), List.of("a", "a"), List.of(""))) {
      refusal(new SharedNames(DIGEST, List.of(list)));
    }
    List<List<String>> many = IntStream.range(0, 17).mapToObj(i -> List.of("a" + i)).toList();
    assertEquals(
        "its record is damaged",
        refusal(Type.NAMES, SharedCodec.bytes(new SharedNames(DIGEST, many))));
  }

  @Test
  void theNewestListOfNamesComesFirst() {
    SharedNames names = new SharedNames(DIGEST, List.of());
    for (int i = 0; i < 20; i++) {
      names = names.with(List.of("a" + i));
    }
    names = names.with(List.of("a15"));
    assertEquals(SharedNames.MOST, names.lists().size());
    assertEquals(List.of("a15"), names.lists().get(0));
    assertEquals(List.of("a19"), names.lists().get(1));
    assertEquals(List.of("a4"), names.lists().getLast());
  }
}
