package dev.torc.features.stores;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.torc.base.bytes.ByteWriter;
import dev.torc.base.bytes.Fields;
import dev.torc.base.digests.Digest;
import dev.torc.base.digests.Stamp;
import dev.torc.core.memory.JobResult.Origin;
import dev.torc.core.memory.JobResult.Restorable;
import dev.torc.core.memory.JobResult.StoredValue;
import dev.torc.core.memory.RecordedProduct;
import dev.torc.features.stores.SealedRecord.StoreRecord;
import java.lang.reflect.RecordComponent;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Map;
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

/** Shared records as bytes: which of them are taken, and why others are refused. */
class ResultChecksTest {

  private static final Digest DIGEST = Digest.ofText("x");

  private static StoreRecord again(StoreRecord record) throws StoreRefusal {
    return ResultChecks.decode(record instanceof Result, ResultChecks.encode(record), 0);
  }

  private static String refusal(boolean result, byte[] bytes) {
    return assertThrows(StoreRefusal.class, () -> ResultChecks.decode(result, bytes, 0))
        .getMessage();
  }

  /** The reason for which the sender and the receiver refuse a record: it is the same. */
  private static String refusal(StoreRecord record) {
    String sent = refusal(record instanceof Result, ResultChecks.bytes(record));
    assertEquals(
        assertThrows(StoreRefusal.class, () -> ResultChecks.encode(record)).getMessage(), sent);
    return sent;
  }

  @Test
  void writtenResultsAreRead() throws Exception {
    Result whole = ResultSamples.whole();
    assertEquals(whole, again(whole));
    Result bare = ResultSamples.of();
    assertEquals(bare, again(bare));
    FoundNames names =
        new FoundNames(DIGEST, List.of(List.of("a.h", "b.h"), List.of(), List.of("a.h")));
    assertEquals(names, again(names));
  }

  @Test
  void filesAndBlobsAreThoseOfAllFolders() {
    Result whole = ResultSamples.whole();
    assertEquals(
        List.of("out/folder é/a-b", "out/folder é/a/one", "out/run", "out/run.d"),
        whole.allFiles().stream().map(RecordedProduct::path).toList());
    assertEquals(
        Set.of(
            new Blob(Digest.ofText(""), 0),
            new Blob(Digest.ofText("1"), 1),
            new Blob(Digest.ofText("run"), 3),
            new Blob(Digest.ofText("run: run.c"), 10),
            new Blob(Digest.ofText("all it wrote"), 12)),
        whole.blobs());
  }

  @Test
  void aRecordIsPutIntoItsOrder() throws Exception {
    Result one = ResultSamples.of(ResultSamples.file("b", ""), ResultSamples.file("a", ""));
    assertTrue(refusal(one).endsWith("a: not in its order"));
    assertEquals(
        ResultSamples.of(ResultSamples.file("a", ""), ResultSamples.file("b", "")),
        again(one.sorted(null)));
  }

  @Test
  void damageIsRefusedOrHarmless() throws Exception {
    byte[] whole = ResultChecks.encode(ResultSamples.whole());
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
        StoreRecord record = ResultChecks.decode(true, bytes, 0);
        assertEquals(record, again(record));
        taken++;
      } catch (StoreRefusal refused) {
        assertTrue(refused.getMessage().startsWith("its record "), refused.getMessage());
        assertEquals(1, refused.getMessage().lines().count());
      }
    }
    assertTrue(taken > 0 && taken < 19_000, taken + " taken");
  }

  @Test
  void aRecordHasOneFormOnly() throws Exception {
    byte[] whole = ResultChecks.encode(ResultSamples.whole());
    String odd = "its record is not written as torc writes it";
    ByteWriter more = new ByteWriter(0);
    more.raw(whole);
    Fields.write(more, "of a later torc", (fields, text) -> fields.text(100, text, each -> each));
    assertEquals(odd, refusal(true, more.bytes()));
    byte[] invalid = ResultChecks.encode(ResultSamples.of());
    int job = new String(invalid, StandardCharsets.ISO_8859_1).indexOf("work");
    invalid[job] = (byte) 0xff;
    assertEquals(odd, refusal(true, invalid));
    assertEquals("its record is damaged", refusal(true, Arrays.copyOf(whole, whole.length + 1)));
    assertEquals("its record has no key", refusal(true, new byte[0]));
    assertEquals("its record has no key", refusal(false, new byte[0]));
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
    RecordedProduct file = ResultSamples.file(path, "x");
    assertEquals("its record has " + path + ": " + reason, refusal(ResultSamples.of(file)));
    RecordedProduct link = link(path, "x");
    assertEquals("its record has " + path + ": " + reason, refusal(ResultSamples.of(link)));
    RecordedProduct folder = RecordedProduct.folder("f", DIGEST, List.of(file));
    String inner = refusal(ResultSamples.of(folder));
    assertTrue(inner.startsWith("its record has ") && !inner.contains("damaged"), inner);
    Result depfile = withDepfile(file);
    assertEquals("its record has " + path + ": " + reason, refusal(depfile));
  }

  static Stream<Arguments> badProducts() {
    RecordedProduct x = ResultSamples.file("x", "x");
    RecordedProduct d = RecordedProduct.inner("d");
    return Stream.of(
        bad("x: appears twice", x, x),
        bad("x: appears twice", link("x", "y"), x),
        bad("x/y: is inside another product", x, ResultSamples.file("x/y", "")),
        bad("x/y: is inside another product", link("x", "z"), ResultSamples.file("x/y", "")),
        bad("$'\\x00b': a path with NUL", ResultSamples.file("\0b", "")),
        bad("x: a link that leads out of its folder", link("x", "/etc")),
        bad("x: a link that leads out of its folder", link("x", "../y")),
        bad("a/x: a link that leads out of its folder", link("a/x", "../y")),
        bad("x: a link with .. behind a name", link("x", "a/../y")),
        bad("x: a link without a text, or with NUL", link("x", "")),
        bad("x: a link without a text, or with NUL", link("x", "\0b")),
        bad(
            "f/x: a link with too long a text",
            folder(RecordedProduct.link("x", "x".repeat(4096)))),
        bad("f/x: a link that leads out of its folder", folder(RecordedProduct.link("x", ".."))),
        bad(
            "f/d/x: a link that leads out of its folder",
            folder(d, RecordedProduct.link("d/x", "../.."))),
        bad(
            "f/d/x: a link that leads out of its folder",
            folder(d, RecordedProduct.link("d/x", "./..//../y"))),
        bad(
            "f/d/y: is below a symlink",
            folder(RecordedProduct.link("d", "e"), ResultSamples.file("d/y", ""))),
        bad("f/d/y: is in no folder of its product", folder(ResultSamples.file("d/y", ""))),
        bad("f/x: appears twice", folder(x, x)),
        bad("f/d: not in its order", folder(x, d)),
        bad("f/__pycache__: never part of a folder", folder(RecordedProduct.inner("__pycache__"))),
        bad("a product without a path", RecordedProduct.file(null, DIGEST, 0)),
        bad("a product without a path", folder(RecordedProduct.file(null, DIGEST, 0))),
        bad("x: an odd size", RecordedProduct.file("x", DIGEST, -1)),
        bad("x: an odd size", RecordedProduct.file("x", DIGEST, Long.MAX_VALUE)),
        bad(kind("x"), RecordedProduct.file("x", null, 1)),
        bad(kind("x"), RecordedProduct.inner("x")),
        bad(kind("f/x"), folder(of("x", Stamp.FileKind.FILE, "y"))),
        bad("x: a link to something that is not a product", link("x", "y")),
        bad("x: a link to other bytes", link("x", "y"), ResultSamples.file("y", "other")),
        bad(kind("x"), of("x", Stamp.FileKind.LINK, null)),
        bad(kind("x"), RecordedProduct.link("x", "y")),
        bad(kind("x"), of("x", Stamp.FileKind.OTHER, null)),
        bad(kind("f/device"), folder(of("device", Stamp.FileKind.OTHER, null))),
        bad(kind("f/d"), folder(RecordedProduct.folder("d", DIGEST, List.of()))),
        bad(
            "x: members of something that is not a folder",
            new RecordedProduct("x", Stamp.FileKind.FILE, DIGEST, 0, null, List.of(x))));
  }

  private static Arguments bad(String reason, RecordedProduct... products) {
    return Arguments.of(reason, List.of(products));
  }

  private static String kind(String path) {
    return path + ": neither a file nor a folder nor a link as torc describes them";
  }

  private static RecordedProduct of(String path, Stamp.FileKind kind, String text) {
    return new RecordedProduct(path, kind, DIGEST, 0, text, List.of());
  }

  private static RecordedProduct link(String path, String text) {
    return new RecordedProduct(path, Stamp.FileKind.FILE, Digest.ofText("x"), 1, text);
  }

  private static RecordedProduct folder(RecordedProduct... members) {
    return RecordedProduct.folder("f", DIGEST, List.of(members));
  }

  @ParameterizedTest
  @MethodSource("badProducts")
  void productsThatCannotBeAreRefused(String reason, List<RecordedProduct> products) {
    assertEquals(
        "its record has " + reason,
        refusal(ResultSamples.of(products.toArray(RecordedProduct[]::new))));
  }

  @Test
  void aDepfileLiesBesideTheProductsOrIsOne() throws Exception {
    RecordedProduct x = ResultSamples.file("x", "x");
    RecordedProduct inner = ResultSamples.file("f/x", "x");
    for (RecordedProduct depfile : List.of(x, inner, ResultSamples.file("d", ""))) {
      Result result = withDepfile(depfile, folder(x), x);
      assertEquals(result, again(result));
    }
    RecordedProduct other = ResultSamples.file("x", "other");
    String within = "is inside another product";
    assertTrue(refusal(withDepfile(other, x)).endsWith(within));
    assertTrue(refusal(withDepfile(ResultSamples.file("x/d", ""), x)).endsWith(within));
    assertTrue(
        refusal(withDepfile(ResultSamples.file("x/d", ""), link("x", "y"))).endsWith(within));
    assertTrue(refusal(withDepfile(ResultSamples.file("f/d", ""), folder(x))).endsWith(within));
    assertTrue(refusal(withDepfile(link("d", "x"), x)).endsWith("a depfile that is not a file"));
    RecordedProduct odd = RecordedProduct.file("d", DIGEST, -1);
    assertTrue(refusal(withDepfile(odd)).endsWith("d: an odd size"));
  }

  private static Result withDepfile(RecordedProduct depfile, RecordedProduct... products) {
    return ResultSamples.of(
        ResultSamples.KEY, null, depfile, null, List.of(), List.of(), List.of(), products);
  }

  @ParameterizedTest
  @ValueSource(strings = {"y", "a/b", "./y", "a//b", "gone"})
  void linksThatStayInsideAreTaken(String text) throws Exception {
    RecordedProduct y =
        ResultSamples.file(text.equals("a//b") ? "a/b" : text.replace("./", ""), "x");
    RecordedProduct[] both = {link("x", text), y};
    Result top = ResultSamples.of(both).sorted(null);
    assertEquals(top, again(top));
    RecordedProduct d = RecordedProduct.inner("d");
    Result inner = ResultSamples.of(folder(d, RecordedProduct.link("d/x", "../" + text)));
    assertEquals(inner, again(inner));
  }

  /** A link may lead to another link, and into a folder; its target is put in place before it. */
  @Test
  void linksLeadToWhatOtherLinksAndFoldersHave() throws Exception {
    RecordedProduct folder = folder(ResultSamples.file("y", "x"));
    Result result =
        ResultSamples.of(folder, link("g", "h"), link("h", "f/y"), ResultSamples.file("z", ""));
    assertEquals(result, again(result));
    List<String> paths = result.parts().stream().map(part -> part.path()).toList();
    assertEquals(List.of("f", "z", "g", "h"), paths);
  }

  /** The sample with some of everything, but with another value for one part. */
  private static Result with(String name, Object other) throws ReflectiveOperationException {
    return (Result) with(ResultSamples.whole(), name, other);
  }

  private static Object with(Object whole, String name, Object other)
      throws ReflectiveOperationException {
    List<Object> parts = new ArrayList<>();
    for (RecordComponent each : whole.getClass().getRecordComponents()) {
      Object part = each.getAccessor().invoke(whole);
      boolean outer = each.getType().getEnclosingClass() == Result.class;
      parts.add(each.getName().equals(name) ? other : outer ? with(part, name, other) : part);
    }
    return whole.getClass().getDeclaredConstructors()[0].newInstance(parts.toArray());
  }

  private static Restorable terms(Digest key, Digest first, int files) {
    return new Restorable(key, first, List.of(), files, true, null);
  }

  static Stream<Arguments> oddParts() {
    Digest run = DIGEST.executable();
    RecordedProduct member = ResultSamples.file("x", "");
    return Stream.of(
        Arguments.of("no key", "terms", terms(null, null, 0)),
        Arguments.of("an odd key", "terms", terms(run, null, 0)),
        Arguments.of("an odd key", "terms", terms(DIGEST, run, 0)),
        Arguments.of("an odd key", "manifest", run),
        Arguments.of("an odd key", "manifest", null),
        Arguments.of("an odd origin", "origin", null),
        Arguments.of("an odd origin", "origin", new Origin("a store", 1, "", 1, "")),
        Arguments.of("or has a long one", "job", null),
        Arguments.of("or has a long one", "job", "x".repeat(4097)),
        Arguments.of("or has a long one", "origin", new Origin("", 1, null, 1, "")),
        Arguments.of("or has a long one", "origin", new Origin("", 1, "", 1, "x".repeat(4097))),
        Arguments.of("an odd root", "root", "home"),
        Arguments.of("an odd root", "root", "/".repeat(4096)),
        Arguments.of("an odd log", "log", RecordedProduct.file("x", DIGEST, 1)),
        Arguments.of("an odd log", "log", RecordedProduct.folder("", DIGEST, List.of())),
        Arguments.of("an odd log", "log", RecordedProduct.file("", run, 1)),
        Arguments.of("an odd log", "log", RecordedProduct.file("", null, 1)),
        Arguments.of(
            "an odd log",
            "log",
            new RecordedProduct("", Stamp.FileKind.FILE, DIGEST, 1, null, List.of(member))),
        Arguments.of("too long", "log", RecordedProduct.file("", DIGEST, -1)),
        Arguments.of("too long", "log", RecordedProduct.file("", DIGEST, (1 << 20) + 1)),
        Arguments.of("without a name or text", "data", List.of(new StoredValue("x", null))),
        Arguments.of("without a name or text", "data", List.of(new StoredValue(null, "x"))),
        Arguments.of("less than no time", "wall", -1L),
        Arguments.of("less than no time", "terms", terms(DIGEST, null, -1)),
        Arguments.of("without a name, or with NUL", "found", List.of("")),
        Arguments.of("without a name, or with NUL", "found", List.of("\0b")),
        Arguments.of("too long a path", "found", List.of("x".repeat(4096))),
        Arguments.of("not in its order", "found", List.of("b", "a")),
        Arguments.of("appears twice", "found", List.of("a", "a")));
  }

  @ParameterizedTest
  @MethodSource("oddParts")
  void partsThatCannotBeAreRefused(String reason, String part, Object value) throws Exception {
    String refusal = refusal(with(part, value));
    assertTrue(refusal.endsWith(reason), refusal);
  }

  static Stream<Result> largest() throws ReflectiveOperationException {
    String path = "x/".repeat(2047) + "x";
    return Stream.of(
        with("job", "x".repeat(4096)),
        with("root", "/".repeat(4095)),
        with("root", null),
        with("log", RecordedProduct.file("", DIGEST, 1 << 20)),
        with("log", RecordedProduct.file("", DIGEST, 0)),
        with("wall", 0L),
        with("found", List.of("x".repeat(4095))),
        ResultSamples.of(ResultSamples.file("x".repeat(255), "")),
        ResultSamples.of(ResultSamples.file(path, "")),
        ResultSamples.of(RecordedProduct.file("a", DIGEST, (1L << 60) - 1)),
        ResultSamples.of(folder(RecordedProduct.link("x", path))),
        ResultSamples.of(
            IntStream.rangeClosed(100_001, 100_000 + ResultChecks.MOST_FILES)
                .mapToObj(i -> ResultSamples.file("f" + i, ""))
                .toArray(RecordedProduct[]::new)));
  }

  @ParameterizedTest
  @MethodSource("largest")
  void resultsAtABoundAreTaken(Result result) throws Exception {
    assertEquals(result, again(result));
  }

  @Test
  void thereAreBoundsOnHowMuch() throws Exception {
    RecordedProduct[] files =
        IntStream.rangeClosed(100_000, 100_000 + ResultChecks.MOST_FILES)
            .mapToObj(i -> ResultSamples.file("f" + i, ""))
            .toArray(RecordedProduct[]::new);
    assertEquals("its record has too many files", refusal(ResultSamples.of(files)));
    RecordedProduct[] links =
        IntStream.rangeClosed(100_000, 100_000 + ResultChecks.MOST_ENTRIES)
            .mapToObj(i -> link("f" + i, "x"))
            .toArray(RecordedProduct[]::new);
    byte[] many = ResultChecks.bytes(ResultSamples.of(links));
    assertEquals("its record has too many files", refusal(true, many));
    List<String> programs = Collections.nCopies(ResultChecks.MOST_TEXTS + 1, "");
    Result texts =
        ResultSamples.of(ResultSamples.KEY, null, null, null, List.of(), List.of(), programs);
    assertEquals("its record is damaged", refusal(true, ResultChecks.bytes(texts)));
    RecordedProduct huge = RecordedProduct.file("a", DIGEST, 1L << 60);
    assertEquals("its record has too many bytes", refusal(ResultSamples.of(huge)));
    RecordedProduct longest = ResultSamples.file("x".repeat(256), "");
    assertTrue(refusal(ResultSamples.of(longest)).endsWith("too long a name"));
    RecordedProduct deep = ResultSamples.file("x/".repeat(2046) + "xx", "");
    assertTrue(refusal(ResultSamples.of(folder(deep))).endsWith("too long a path"));
    RecordedProduct[] inner =
        IntStream.rangeClosed(100_001, 100_000 + ResultChecks.MOST_ENTRIES)
            .mapToObj(i -> RecordedProduct.inner("" + i))
            .toArray(RecordedProduct[]::new);
    assertEquals("its record has too many files", refusal(ResultSamples.of(folder(inner))));
    Result most = ResultSamples.of(folder(Arrays.copyOf(inner, inner.length - 1)));
    assertEquals(most, again(most));
  }

  @Test
  void smallBlobsComeWithTheirRecord() throws Exception {
    Result two = ResultSamples.of(ResultSamples.file("a", "one"), ResultSamples.file("b", "three"));
    assertEquals(Map.of(), opened(two, "").inside());
    Map<Blob, byte[]> inside = opened(two, "onethree").inside();
    assertEquals("three", new String(inside.get(new Blob(Digest.ofText("three"), 5))));
    assertEquals(2, inside.size());
    assertEquals(1, opened(ResultSamples.of(ResultSamples.file("a", "")), "").inside().size());
    for (String wrong : List.of("one", "onetree", "oneThree")) {
      String refusal = assertThrows(StoreRefusal.class, () -> opened(two, wrong)).getMessage();
      assertTrue(refusal.startsWith("its record names blob "), refusal);
    }
    FoundNames names = new FoundNames(DIGEST, List.of(List.of("a.h")));
    assertEquals(names, opened(names, "").record());
    for (StoreRecord record : List.of(two, names)) {
      assertEquals(
          "its record has bytes that belong to nothing",
          assertThrows(StoreRefusal.class, () -> opened(record, "onethreefour")).getMessage());
    }
  }

  private static SealedRecord opened(StoreRecord record, String inside) throws StoreRefusal {
    return SealedRecord.open(
        SealedRecord.seal(
            record instanceof Result, inside.getBytes(), ResultChecks.encode(record), null));
  }

  @Test
  void soMuchLiesInARecord() throws Exception {
    int large = SealedRecord.SMALL;
    int[] sizes = {large, large - 1, large - 1, large - 1, 5 + large - 1, large - 1, 5, 4, 1};
    Result result =
        ResultSamples.of(
            IntStream.range(0, sizes.length)
                .mapToObj(i -> RecordedProduct.file("f" + i, Digest.ofText("" + i), sizes[i]))
                .toArray(RecordedProduct[]::new));
    assertEquals(
        List.of(large - 1L, large - 1L, large - 1L, large - 1L, 4L),
        SealedRecord.small(result).stream().map(Blob::size).toList());
    byte[] head = Arrays.copyOf(SealedRecord.seal(result, List.of(), null), 11);
    assertNull(SealedRecord.signer(head));
    assertNull(SealedRecord.signer(Arrays.copyOf(head, SealedRecord.MOST)));
    assertThrows(
        StoreRefusal.class, () -> SealedRecord.signer(Arrays.copyOf(head, SealedRecord.MOST + 1)));
    byte[] much = Arrays.copyOf(head, 300_000);
    ByteBuffer.wrap(much).putInt(7, 4 * large);
    assertNull(SealedRecord.signer(much));
    ByteBuffer.wrap(much).putInt(7, 4 * large + 1);
    assertThrows(StoreRefusal.class, () -> SealedRecord.signer(much));
  }

  @Test
  void namesAreSortedAndFew() throws Exception {
    assertEquals("its record has 0 lists of names", refusal(new FoundNames(DIGEST, List.of())));
    List<String> one = List.of("a.h");
    assertEquals(
        "its record has a list of names twice", refusal(new FoundNames(DIGEST, List.of(one, one))));
    assertEquals("its record has no key", refusal(new FoundNames(null, List.of(one))));
    String order = refusal(new FoundNames(DIGEST, List.of(List.of("b", "a"))));
    assertEquals("its record has a: not in its order", order);
    List<List<String>> many = IntStream.range(0, 17).mapToObj(i -> List.of("a" + i)).toList();
    FoundNames most = new FoundNames(DIGEST, many.subList(1, 17));
    assertEquals(most, again(most));
    assertEquals(
        "its record has 17 lists of names",
        refusal(false, ResultChecks.bytes(new FoundNames(DIGEST, many))));
  }

  @Test
  void theNewestListOfNamesComesFirst() {
    List<List<String>> names = List.of();
    for (int i = 0; i < 20; i++) {
      names = FoundNames.with(names, List.of("a" + i));
    }
    names = FoundNames.with(names, List.of("a15"));
    assertEquals(FoundNames.MOST, names.size());
    assertEquals(List.of("a15"), names.get(0));
    assertEquals(List.of("a19"), names.get(1));
    assertEquals(List.of("a4"), names.getLast());
    List<String> long1 = List.of("x".repeat(2 << 20));
    List<String> long2 = List.of("y".repeat((2 << 20) - 1));
    assertEquals(2, FoundNames.with(List.of(long1), long2).size());
    assertEquals(1, FoundNames.with(List.of(long1), List.of(long2.getFirst() + "y")).size());
  }
}
