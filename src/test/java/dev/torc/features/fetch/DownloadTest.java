package dev.torc.features.fetch;

import static dev.torc.features.fetch.WebServer.answer;
import static dev.torc.features.fetch.WebServer.cut;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.torc.base.web.WebClient;
import dev.torc.core.attempt.AttemptFailure;
import dev.torc.features.fetch.Fetch.FetchedFile;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Section 13, fetch: what is seen of a download while its bytes come, and while none come. */
class DownloadTest {

  private final AtomicBoolean stopped = new AtomicBoolean();
  private final List<String> log = new CopyOnWriteArrayList<>();
  private volatile String outcome;
  private WebServer web;
  private Download download;

  @BeforeEach
  void prepare(@TempDir Path temp) throws IOException {
    web = new WebServer();
    FetchPlace place = new FetchPlace(temp.resolve("p"), temp.resolve("p.from"), "boot");
    FetchedFile file = new FetchedFile("p", "", List.of(web.url("/x")));
    WebClient client = new WebClient(Map.of(), Duration.ofSeconds(30));
    download =
        new Download(
            file,
            place,
            "",
            new Download.Means(() -> client, Map.of(), null, this::ended, log::add));
  }

  @AfterEach
  void end() throws IOException {
    web.close();
  }

  private void ended() {
    if (stopped.get()) {
      throw new CancellationException();
    }
  }

  private Thread start() {
    return Thread.ofPlatform().start(this::run);
  }

  private void run() {
    try {
      download.run();
      outcome = "complete";
    } catch (IOException | AttemptFailure e) {
      outcome = e.getMessage();
    } catch (CancellationException | InterruptedException e) {
      outcome = "cancelled";
    }
  }

  private void comes(String shown) {
    while (!download.progress().equals(shown)) {
      Thread.onSpinWait(); // bytes that the server sent will come
    }
  }

  /** Some bytes, and then none for as long as the test lasts. */
  private WebServer.Answer half() {
    return (request, out) -> {
      cut("x".repeat(3_000_000), 1_500_000).to(request, out);
      out.flush();
      web.silence().to(request, out);
    };
  }

  @Test
  void theBytesAndTheRateAreShown() throws Exception {
    web.on("/x", half());
    assertEquals("", download.progress());
    Thread reader = start();
    comes("1.4 MiB of 2.9 MiB");
    long now = System.nanoTime();
    download.tick(now);
    download.tick(now + TimeUnit.DAYS.toNanos(300)); // some bytes may still have come
    assertEquals("1.4 MiB of 2.9 MiB, 0 B/s", download.progress());
    stopped.set(true);
    reader.interrupt();
    reader.join();
    assertEquals("cancelled", outcome);
  }

  /** What ticks, interrupts the reader then. */
  @Test
  void aServerThatSaysNothingForAMinuteIsAskedAgain() throws Exception {
    web.on("/x", half(), answer(200, "all"));
    Thread reader = start();
    comes("1.4 MiB of 2.9 MiB");
    long now = System.nanoTime();
    assertFalse(download.tick(now + TimeUnit.SECONDS.toNanos(50)));
    assertTrue(download.tick(now + TimeUnit.SECONDS.toNanos(61)));
    reader.interrupt();
    reader.join();
    assertEquals("complete", outcome);
    String url = web.url("/x");
    assertEquals(
        List.of(url + ": 200", url + ": no bytes for 60 s; trying again", url + ": 200"), log);
    assertFalse(download.tick(Long.MAX_VALUE), "nothing is waited for");
  }
}
