package dev.torc.features.stores;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.torc.base.digests.Digest;
import dev.torc.core.memory.RecordedProduct;
import dev.torc.features.stores.HostileServer.Trick;
import dev.torc.features.stores.SharedStore.Hit;
import dev.torc.features.stores.SharedStores.StoreSettings;
import dev.torc.features.stores.SharedStores.Upload;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** A server errs, lies and dawdles: no wrong bytes are taken, and no call waits for long. */
@Execution(ExecutionMode.CONCURRENT)
class HttpStoreTest extends StoreContract {

  private static final long SECOND = 1_000_000_000;

  private HostileServer server;
  private Path keyFile;
  private SigningKey key;

  @BeforeEach
  void aServer() throws Exception {
    keyFile = temp.resolve("key");
    SigningKey.make(keyFile);
    key = SigningKey.read(keyFile);
    server = new HostileServer();
    box = new Outbox(temp.resolve("root"), settings(keyFile));
  }

  @AfterEach
  void end() throws IOException {
    box.close();
    server.close();
  }

  private StoreSettings settings(Path ownKey, String... trust) {
    Map<String, String> headers = Map.of("Authorization", "Bearer s3cret");
    return new StoreSettings(null, null, server.url(), headers, ownKey, List.of(trust));
  }

  @Override
  String name() {
    return server.url();
  }

  @Override
  Outbox reader() throws StoreRefusal {
    return new Outbox(temp.resolve("elsewhere"), settings(null, key.word().toString()));
  }

  @Override
  SigningKey key() {
    return key;
  }

  @Override
  byte[] bytes(String path) {
    return server.files.get("/" + path);
  }

  @Override
  void put(String path, byte[] bytes) {
    if (bytes == null) {
      server.files.remove("/" + path);
    } else {
      server.files.put("/" + path, bytes);
    }
  }

  /** What the box gets while each look at the clock takes a second. */
  private String getInFlight() throws Exception {
    box.step.set(SECOND);
    return box.get(KEY, into());
  }

  @Test
  void eachRequestHasTheHeaders() throws Exception {
    box.send(KEY, ONE);
    assertEquals(ONE, box.get(KEY, into()));
    long with =
        server.headers.stream().filter(h -> h.equals("Authorization: Bearer s3cret")).count();
    assertEquals(server.requests.size(), with);
  }

  @Test
  void existingFilesAreNotSentAgain() {
    box.send(KEY, ONE);
    server.requests.clear();
    box.send(KEY, ONE);
    assertEquals(List.of("HEAD /cas", "PUT /cas", "PUT /ac"), asked());
    put(blob(ONE), new byte[3]);
    box.send(KEY, ONE);
    assertEquals(ONE, new String(bytes(blob(ONE))));
  }

  /** At 2 MB/s the upload takes 20 s, and the answer begins when all has arrived. */
  @Test
  void sendingMayTakeLongWhileBytesFlow() {
    BlobSource large = BlobSource.bytes(new byte[40 << 20]);
    Blob blob = large.blob();
    Result result = ResultSamples.of(KEY, RecordedProduct.file("x", blob.digest(), blob.size()));
    Result slow = ResultSamples.lasting(100 * SECOND, result);
    server.piece = bytes -> box.fly(500L * bytes);
    box.post(new Upload(slow, List.of(large), false, null));
    box.stores.finish();
    assertEquals(List.of(), box.told);
    assertEquals(blob.size(), server.files.get("/cas/" + blob.name()).length);
    assertEquals(slow, box.find(KEY).result());
  }

  /** The requests since the last call, as method and first part of the path. */
  private List<String> asked() {
    List<String> asked =
        server.requests.stream().map(each -> each.replaceAll("/[0-9a-f]{64}$", "")).toList();
    server.requests.clear();
    return asked;
  }

  /** At most three requests precede the products, five with found needs; small ones need none. */
  @Test
  void aResultNeedsFewRequests() throws Exception {
    Result small = box.send(KEY, "small", "too");
    assertEquals(List.of("PUT /cas", "PUT /ac"), asked());
    Hit found = box.find(KEY);
    assertEquals(small, found.result());
    assertEquals(List.of("GET /ac", "GET /cas"), asked());
    Path into = into();
    assertNull(box.fetch(found, into));
    assertEquals("too", Files.readString(into.resolve(Digest.ofText("too").hex())));
    assertEquals(List.of(), asked());
    box.send(KEY, "small", ONE);
    assertEquals(List.of("HEAD /cas", "PUT /cas", "PUT /cas", "PUT /ac"), asked());
    assertTrue(box.get(KEY, into()).startsWith("one"));
    assertEquals(List.of("GET /ac", "GET /cas", "GET /cas"), asked());
    Digest first = Digest.ofText("first");
    List<String> names = List.of("a.h");
    box.post(
        new Upload(
            ResultSamples.of(KEY, first, null, null, List.of(), names, List.of()),
            List.of(),
            false,
            null));
    box.stores.finish();
    assertEquals(List.of("PUT /cas", "PUT /ac", "GET /ac", "PUT /cas", "PUT /ac"), asked());
    assertEquals(List.of(names), box.names(first));
    assertEquals(names, box.find(KEY).result().inputs().found());
    assertEquals(List.of("GET /ac", "GET /cas", "GET /ac", "GET /cas"), asked());
  }

  /** Many small blobs do not make a large record: those beyond a bound are sent by themselves. */
  @Test
  void onlySoMuchLiesInARecord() throws Exception {
    String[] texts =
        IntStream.range(0, 10).mapToObj(i -> (i + "\n").repeat(20_000)).toArray(String[]::new);
    Result sent = box.send(KEY, texts);
    Hit found = box.find(KEY);
    assertEquals(sent, found.result());
    assertEquals(6, found.inside().size());
    assertNull(box.fetch(found, into()));
    assertEquals(4 + 3 + 2 + 4, server.requests.size(), server.requests.toString());
  }

  @Test
  void wrongBytesInARecordAreAMiss() throws Exception {
    Result result = box.send(KEY, "small");
    byte[] payload = ResultChecks.bytes(result);
    replace(SealedRecord.seal(true, "large".getBytes(), payload, key));
    assertEquals(
        told("its record names blob " + Digest.ofText("small") + " but holds other bytes"),
        fresh());
    replace(SealedRecord.seal(true, "small and more".getBytes(), payload, key));
    assertEquals(told("its record has bytes that belong to nothing"), fresh());
    replace(SealedRecord.seal(true, "sm".getBytes(), payload, key));
    assertEquals(
        told("its record names blob " + Digest.ofText("small") + " but holds other bytes"),
        fresh());
    replace(SealedRecord.seal(true, new byte[0], payload, key));
    assertEquals(Digest.ofText("small") + " is gone from the store", fresh());
  }

  @Test
  void nothingIsSentWithoutAKey() throws Exception {
    try (Outbox other = reader()) {
      other.send(KEY, ONE);
      assertEquals(List.of(), other.told);
    }
    assertEquals(List.of(), server.requests);
  }

  @Test
  void aThousandMissesAreNoFailure() throws Exception {
    for (int i = 0; i < 1000; i++) {
      assertEquals("", box.get(Digest.ofText("key " + i), temp));
    }
    assertEquals(List.of(), box.told);
    assertEquals(1000, server.requests.size());
  }

  // Records that are not believed

  @Test
  void onlyRecordsOfTrustedKeysCount() throws Exception {
    Result result = box.send(KEY, ONE);
    replace(SealedRecord.seal(result, List.of(), null));
    assertEquals(told("a record is not signed"), fresh());
    Path others = temp.resolve("other");
    SigningWord word = SigningKey.make(others);
    replace(SealedRecord.seal(result, List.of(), SigningKey.read(others)));
    assertEquals(told("a record is signed by " + word + ", which is not in trust"), fresh());
    byte[] wrong = SealedRecord.seal(result, List.of(), key);
    wrong[wrong.length - 1] ^= 1;
    replace(wrong);
    assertEquals(told("its record is wrongly signed"), fresh());
    replace("<html>\n".getBytes());
    assertEquals(told("its record was not written by torc"), fresh());
    replace(SealedRecord.seal(result, List.of(), key));
    assertEquals(ONE, fresh());
  }

  /** An untrusted record leaves the store alone for 10 s, the third one for the whole build. */
  @Test
  void untrustedRecordsAreFailuresOfTheStore() throws Exception {
    Result result = box.send(KEY, ONE);
    replace(SealedRecord.seal(result, List.of(), null));
    String unsigned = "a record is not signed";
    assertEquals(told(unsigned), box.get(KEY, into()));
    int requests = server.requests.size();
    assertEquals(told("left alone for 10 s"), box.get(KEY, into()));
    assertEquals(requests, server.requests.size());
    box.later();
    assertEquals(told(unsigned), box.get(KEY, into()));
    assertEquals(List.of(), box.told);
    box.later();
    assertEquals(told(unsigned), box.get(KEY, into()));
    assertEquals(List.of(told(unsigned + "; left alone for this build")), box.told);
  }

  /** Of a large record, only the bytes that tell its signer are read. */
  @Test
  void theSignerIsLookedAtBeforeTheRest() throws Exception {
    byte[] record = SealedRecord.seal(true, new byte[0], new byte[15 << 20], null);
    Blob blob = BlobSource.bytes(record).blob();
    server.files.put("/ac/" + KEY.hex(), ActionEntry.encode(blob));
    AtomicInteger pieces = new AtomicInteger();
    server.tricks.put(
        "GET /cas",
        out -> {
          out.write(HostileServer.head(200, record.length));
          for (int i = 0; i < record.length; i += 1 << 16) {
            pieces.incrementAndGet();
            out.write(record, i, Math.min(1 << 16, record.length - i));
            if (i == 0) {
              server.silence();
            }
          }
        });
    assertEquals(told("a record is not signed"), box.get(KEY, into()));
    assertEquals(1, pieces.get());
  }

  /** Requests of many jobs that fail at the same time count as one failure. */
  @Test
  void failuresOfRequestsThatOverlapAreOne() throws Exception {
    CountDownLatch asked = new CountDownLatch(5);
    server.tricks.put(
        "GET /ac",
        out -> {
          asked.countDown();
          asked.await();
          out.write(HostileServer.head(500, 0));
        });
    try (ExecutorService jobs = Executors.newFixedThreadPool(5)) {
      for (int i = 0; i < 5; i++) {
        Path into = into();
        jobs.submit(() -> box.get(KEY, into));
      }
    }
    assertEquals(List.of(), box.told);
    server.tricks.clear();
    box.later();
    assertEquals("", box.get(KEY, into()));
  }

  private String fresh() throws Exception {
    try (Outbox reader = reader()) {
      return reader.get(KEY, into());
    }
  }

  /** {@link ResultChecksTest} has all reasons why a record is refused. */
  @Test
  void evenATrustedKeyPlacesNothingElsewhere() throws Exception {
    byte[] payload = ResultChecks.bytes(ResultSamples.of(ResultSamples.file("../x", "x")));
    replace(SealedRecord.seal(true, new byte[0], payload, key));
    assertEquals(told("its record has ../x: a path with .."), box.get(KEY, into()));
  }

  @Test
  void anEntryIsSmallAndNamesASmallRecord() throws Exception {
    String entry = "/ac/" + KEY.hex();
    server.files.put(entry, "{\"not\": \"protobuf\"}".getBytes());
    assertEquals(told("its entry names no record of torc's"), fresh());
    server.files.put(entry, new byte[0]);
    assertEquals(told("its entry names no record of torc's"), fresh());
    server.files.put(entry, new byte[1 << 20]);
    assertEquals(told("its entry is longer than 65536 bytes"), fresh());
    Blob large = new Blob(KEY, SealedRecord.MOST + 1L);
    server.files.put(entry, ActionEntry.encode(large));
    assertEquals(told("its entry names a record of 16777217 bytes"), fresh());
    server.files.put(entry, ActionEntry.encode(new Blob(KEY, 9)));
    assertEquals(told("a record is gone, and its entry is still there"), fresh());
  }

  // Bytes that are not those of the blob

  static Stream<Arguments> badBytes() {
    String digest = Digest.ofText(ONE).toString();
    return Stream.of(
        Arguments.of("its answer broke off: closed", trick(SIZE, "on")),
        Arguments.of(digest + " has more than its 65536 bytes", (Trick) HttpStoreTest::endless),
        Arguments.of("it answered GET with 500", trick(500, 0, "")),
        Arguments.of("it answered GET with 503", trick(503, 1 << 30, "long")),
        Arguments.of("it answered GET with 206", trick(206, SIZE, ONE)),
        Arguments.of("it answered GET with 204", trick(204, 0, "")),
        Arguments.of("it answered GET with 401; it wants other headers", trick(401, SIZE, ONE)),
        Arguments.of(
            "its answer has an invalid header",
            raw("HTTP/1.1 200 X\r\nContent-Length: " + "9".repeat(20) + "\r\n\r\n")),
        Arguments.of("HTTP/1.1 header parser received no bytes", (Trick) out -> {}),
        Arguments.of(
            "Invalid status line: \"SSH-2.0-OpenSSH_9.2\"", raw("SSH-2.0-OpenSSH_9.2\r\n\r\n")));
  }

  private static Trick trick(long length, String body) {
    return trick(200, length, body);
  }

  /** Says that the connection closes, or the next request might take it just before that. */
  private static Trick trick(int status, long length, String body) {
    String head = "HTTP/1.1 %d X\r\nConnection: close\r\nContent-Length: %d\r\n\r\n";
    return raw(head.formatted(status, length) + body);
  }

  private static Trick raw(String text) {
    return out -> out.write(text.getBytes());
  }

  /** Answers without an end, until the other side closes the connection. */
  private static void endless(OutputStream out) throws IOException {
    out.write("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n".getBytes());
    while (true) {
      out.write("4\r\none\n\r\n".getBytes());
    }
  }

  @ParameterizedTest
  @MethodSource("badBytes")
  void wrongBytesAreAMissAndThreeAreEnough(String reason, Trick trick) throws Exception {
    box.send(KEY, ONE);
    Hit found = box.find(KEY);
    server.tricks.put("GET /cas", trick);
    for (int i = 0; i < 3; i++) {
      assertEquals(List.of(), box.told);
      Path into = into();
      assertEquals(reason, box.fetch(found, into));
      box.later();
      try (Stream<Path> files = Files.list(into)) {
        assertEquals(0, files.count());
      }
    }
    assertEquals(List.of(told(reason + "; left alone for this build")), box.told);
    int requests = server.requests.size();
    assertEquals("left alone for this build", box.fetch(found, into()));
    assertEquals(told("left alone for this build"), box.get(KEY, into()));
    assertEquals(requests, server.requests.size());
    box.close();
    assertEquals(1, box.told.size());
  }

  @Test
  void endlessAnswersAreCutOff() throws Exception {
    server.tricks.put("GET /ac", HttpStoreTest::endless);
    assertEquals(told("its entry is longer than 65536 bytes"), fresh());
    server.tricks.remove("GET /ac");
    box.send(KEY, ONE);
    server.tricks.put("GET /cas", HttpStoreTest::endless);
    assertEquals(told("its record was not written by torc"), fresh());
    server.tricks.put(
        "GET /ac",
        out -> {
          out.write("HTTP/1.1 404 Not Found\r\nTransfer-Encoding: chunked\r\n\r\n".getBytes());
          while (true) {
            out.write("4\r\none\n\r\n".getBytes());
          }
        });
    assertEquals("", fresh());
    server.tricks.put(
        "GET /ac",
        out -> {
          out.write("HTTP/1.1 200 OK\r\n".getBytes());
          while (true) {
            out.write(("X-More: " + "x".repeat(1000) + "\r\n").getBytes());
          }
        });
    String headers = fresh();
    assertTrue(headers.contains("size"), headers);
  }

  /** Whatever happens to the files of a server, the bytes that are fetched are those sent. */
  @Test
  void damageIsNeverRestored() throws Exception {
    Digest other = Digest.ofText("another key");
    box.send(other, TWO);
    Result sent = box.send(KEY, ONE);
    Map<String, byte[]> whole = Map.copyOf(server.files);
    List<String> paths = List.copyOf(whole.keySet());
    Random random = new Random(18);
    int fetched = 0;
    for (int i = 0; i < 60; i++) {
      server.files.putAll(whole);
      String path = paths.get(random.nextInt(paths.size()));
      byte[] bytes = whole.get(path).clone();
      switch (random.nextInt(4)) {
        case 0 -> bytes[random.nextInt(bytes.length)] ^= (byte) (1 << random.nextInt(8));
        case 1 -> bytes = Arrays.copyOf(bytes, random.nextInt(2 * bytes.length));
        case 2 -> bytes = whole.get(paths.get(random.nextInt(paths.size())));
        default -> bytes = null;
      }
      if (bytes == null) {
        server.files.remove(path);
      } else {
        server.files.put(path, bytes);
      }
      try (Outbox reader = reader()) {
        Hit found = reader.find(KEY);
        Path into = into();
        if (found.result() != null && reader.fetch(found, into) == null) {
          assertEquals(sent, found.result());
          assertEquals(ONE, Files.readString(into.resolve(Digest.ofText(ONE).hex())));
          fetched++;
        }
      }
    }
    assertTrue(fetched > 0 && fetched < 60, fetched + " fetched");
  }

  @Test
  void manyBlobsComeSideBySide() throws Exception {
    String[] texts =
        IntStream.range(0, 100)
            .mapToObj(i -> "%05d\n".formatted(i).repeat(11_000))
            .toArray(String[]::new);
    Result sent = box.send(KEY, texts);
    Hit found = box.find(KEY);
    assertEquals(sent, found.result());
    Path into = into();
    assertNull(box.fetch(found, into));
    try (Stream<Path> files = Files.list(into)) {
      assertEquals(100, files.count());
    }
    CountDownLatch together = new CountDownLatch(4);
    server.tricks.put(
        "GET /cas",
        out -> {
          together.countDown();
          together.await();
          out.write(HostileServer.head(404, 0));
        });
    Path other = into();
    String reason = box.fetch(found, other);
    assertTrue(reason.endsWith(" is gone from the store"), reason);
    try (Stream<Path> files = Files.list(other)) {
      assertEquals(0, files.count());
    }
    assertEquals(List.of(), box.told);
  }

  @Test
  void aFileThatIsThereIsNeverWrittenOver() throws Exception {
    box.send(KEY, ONE);
    Path into = into();
    Path mine = Files.writeString(into.resolve(Digest.ofText(ONE).hex()), "mine");
    String reason = box.fetch(box.find(KEY), into);
    assertEquals("cannot write " + mine + ": already exists", reason);
    assertEquals("mine", Files.readString(mine));
  }

  @ParameterizedTest
  @ValueSource(ints = {301, 302, 303, 307, 308})
  void redirectsAreNotFollowed(int status) throws Exception {
    String more =
        "Location: %s/elsewhere/x\r\nConnection: close\r\nContent-Length: 0\r\n\r\n"
            .formatted(server.url());
    for (String request : List.of("GET /ac", "PUT /cas", "HEAD /cas")) {
      server.tricks.put(request, raw("HTTP/1.1 " + status + " X\r\n" + more));
    }
    assertEquals(
        told("it answered GET with " + status + "; redirects are not followed"),
        box.get(KEY, into()));
    box.send(KEY, "small"); // a long text would not be read to its end
    assertFalse(server.requests.toString().contains("elsewhere"));
    box.close();
    assertTrue(
        box.told.contains(told("it answered PUT with " + status + "; redirects are not followed")),
        box.told.toString());
  }

  @Test
  void aReadOnlyServerIsStillRead() throws Exception {
    box.send(KEY, ONE);
    server.tricks.put("PUT /cas", trick(403, 0, ""));
    for (int i = 0; i < 5; i++) {
      box.send(Digest.ofText("key " + i), "text " + i);
      box.later();
    }
    String line = "it answered PUT with 403; it wants other headers";
    assertEquals(List.of(told(line + "; nothing more is sent to it in this build")), box.told);
    long tries = server.requests.stream().filter(r -> r.startsWith("PUT /cas/")).count() - 2;
    assertEquals(3, tries, () -> server.requests.toString());
    assertEquals(ONE, box.get(KEY, into()));
  }

  // Time

  @Test
  void aServerThatNeverAnswersIsLeftAlone() throws Exception {
    server.tricks.put(
        "GET /ac",
        out -> {
          box.step.set(SECOND); // time runs only once it was asked
          server.silence();
        });
    for (int i = 0; i < 3; i++) {
      box.step.set(0);
      box.later();
      assertEquals(told("no answer in 10 s"), box.get(KEY, into()));
    }
    assertEquals(List.of(told("no answer in 10 s; left alone for this build")), box.told);
    assertEquals(told("left alone for this build"), box.get(KEY, into()));
    assertEquals(3, server.requests.size());
  }

  @Test
  void aServerThatDawdlesIsLeftAlone() throws Exception {
    box.send(KEY, ONE);
    server.tricks.put(
        "GET /ac",
        out -> {
          out.write(HostileServer.head(200, 9));
          out.write(new byte[1]);
          out.flush();
          box.step.set(SECOND / 40); // the answer has begun long before 10 s are over
          server.silence();
        });
    for (int i = 0; i < 3; i++) {
      box.step.set(0);
      box.later();
      assertEquals(told("slower than 100 kB/s for 5 s"), box.get(KEY, into()));
    }
    assertEquals(
        List.of(told("slower than 100 kB/s for 5 s; left alone for this build")), box.told);
  }

  @Test
  void headersThatDripAreNoAnswer() throws Exception {
    server.tricks.put(
        "GET /ac",
        out -> {
          out.write("HTTP/1.1 200 OK\r\nX".getBytes());
          out.flush();
          server.silence();
        });
    assertEquals(told("no answer in 10 s"), getInFlight());
  }

  @Test
  void nothingTakesLongerThanTheJobDid() throws Exception {
    box.send(KEY, ONE, TWO);
    Hit found = box.find(KEY); // the job took 5 s
    server.tricks.put("GET /cas", out -> server.silence());
    box.step.set(SECOND / 4 * 5);
    Path into = into();
    String reason = box.fetch(found, into);
    assertEquals("would take longer than the job did", reason);
    assertEquals(List.of(), box.told);
  }

  @Test
  void theEndOfTheBuildEndsEachWait() throws Exception {
    CountDownLatch asked = new CountDownLatch(2);
    Trick silent =
        out -> {
          asked.countDown();
          server.silence();
        };
    server.tricks.put("GET /ac", silent);
    server.tricks.put("HEAD /cas", silent);
    Path into = into();
    CompletableFuture<String> got = new CompletableFuture<>();
    Thread.ofPlatform()
        .daemon()
        .start(
            () -> {
              try {
                got.complete(box.get(KEY, into));
              } catch (Exception e) {
                got.completeExceptionally(e);
              }
            });
    RecordedProduct one = ResultSamples.file("x", ONE);
    BlobSource bytes = BlobSource.bytes(ONE.getBytes());
    box.post(new Upload(ResultSamples.of(one), List.of(bytes), false, null));
    asked.await();
    assertEquals(1, box.stores.pending());
    box.stores.stop();
    assertEquals(told("the build was ended"), got.get());
    box.stores.finish();
    box.close();
    assertEquals(List.of(), box.told);
  }

  /** The server's queue is full, so its system answers no more. The clock of the build stands. */
  @Test
  void aServerThatTakesNoConnectionIsGivenUpAfterTwoSeconds() throws Exception {
    List<SocketChannel> queue = new ArrayList<>();
    try (ServerSocket full = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      for (int i = 0; i < 20; i++) {
        SocketChannel each = SocketChannel.open();
        queue.add(each);
        each.configureBlocking(false);
        each.connect(full.getLocalSocketAddress());
      }
      String url = "http://127.0.0.1:" + full.getLocalPort();
      StoreSettings settings = new StoreSettings(null, null, url, Map.of(), null, List.of());
      try (SharedStores stores =
          SharedStores.open(List.of(settings), temp, Map.of(), () -> 0, l -> {})) {
        assertEquals("cannot connect in 2 s", stores.all().getFirst().find(KEY).reason());
      }
    } finally {
      for (SocketChannel each : queue) {
        each.close();
      }
    }
  }

  @Test
  void aServerWithoutTlsIsLeftAlone() throws Exception {
    try (ServerSocket plain = new ServerSocket(0, 9, InetAddress.getLoopbackAddress())) {
      Thread.ofPlatform().daemon().start(() -> speakPlainly(plain));
      String url = "https://127.0.0.1:" + plain.getLocalPort();
      StoreSettings settings = new StoreSettings(null, null, url, Map.of(), null, List.of());
      List<String> reasons = new ArrayList<>();
      List<String> told = List.of();
      do { // a busy machine may not connect in time
        reasons.clear();
        try (Outbox other = new Outbox(temp, settings)) {
          for (int i = 0; i < 3; i++) {
            reasons.add(other.get(KEY, temp));
            other.later();
          }
          told = other.told;
        }
      } while (reasons.stream().anyMatch(reason -> reason.endsWith(": cannot connect in 2 s")));
      for (String reason : reasons) {
        assertTrue(reason.startsWith("store " + url + ": TLS fails: "), reason);
      }
      assertEquals(1, told.stream().filter(line -> line.contains(": TLS fails: ")).count());
    }
  }

  private static void speakPlainly(ServerSocket plain) {
    try {
      while (true) {
        Socket connection = plain.accept();
        Thread.ofVirtual().start(() -> speakPlainly(connection));
      }
    } catch (IOException e) {
      return; // the test is over
    }
  }

  /** Waits for the caller to hang up: if the server did so, its answer might never be read. */
  private static void speakPlainly(Socket connection) {
    try (connection) {
      connection.getOutputStream().write("HTTP/1.1 400 TLS?\r\n\r\n".getBytes());
      connection.getInputStream().readAllBytes();
    } catch (IOException e) {
      return; // it hung up
    }
  }

  @Test
  void aServerThatIsNotThereIsLeftAlone() throws Exception {
    int port;
    try (ServerSocket free = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      port = free.getLocalPort();
    }
    leftAloneAfterTwo("http://localhost:" + port, "cannot connect");
    leftAloneAfterTwo("https://a" + ".b".repeat(130), "host not found"); // too long
  }

  private void leftAloneAfterTwo(String url, String reason) throws Exception {
    StoreSettings settings = new StoreSettings(null, null, url, Map.of(), null, List.of());
    try (Outbox other = new Outbox(temp, settings)) {
      for (int i = 0; i < 4; i++) {
        assertNotNull(other.get(KEY, temp));
        other.later();
        assertEquals(i < 1 ? 0 : 1, other.told.size(), "two attempts are enough");
      }
      assertEquals(1, other.told.size());
      String line = other.told.getFirst();
      assertTrue(line.startsWith("store " + url + ": " + reason), line);
    }
  }
}
