package dev.torc.base.machine;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.Isolated;

/** Under make: every token is given back, and nothing else is touched. */
@Timeout(value = 60, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
@Isolated("the open files of the process are listed")
class JobserverTest {

  @TempDir Path folder;

  private final List<String> warnings = new ArrayList<>();

  private Optional<Jobserver> from(String flags) {
    return Jobserver.from(Map.of("MAKEFLAGS", flags), warnings::add);
  }

  /** A jobserver's FIFO, held open as make holds it. */
  private RandomAccessFile fifo(String tokens) throws Exception {
    Path path = folder.resolve("a fifo");
    assertEquals(0, new ProcessBuilder("mkfifo", path.toString()).start().waitFor());
    RandomAccessFile fifo = new RandomAccessFile(path.toFile(), "rw");
    fifo.write(tokens.getBytes(StandardCharsets.US_ASCII));
    return fifo;
  }

  private Jobserver client() {
    String path = folder.resolve("a fifo").toString().replace(" ", "\\ ");
    return from(" -j3 --jobserver-auth=fifo:" + path).orElseThrow();
  }

  private static void await(Semaphore arrivals, int count) throws InterruptedException {
    assertTrue(arrivals.tryAcquire(count, 300, TimeUnit.SECONDS));
  }

  private static String drain(RandomAccessFile fifo, int count) throws IOException {
    byte[] tokens = new byte[count];
    fifo.readFully(tokens);
    Arrays.sort(tokens);
    return new String(tokens, StandardCharsets.US_ASCII);
  }

  @Test
  void takesNoMoreThanIsWantedAndGivesEachBackWithItsValue() throws Exception {
    try (RandomAccessFile fifo = fifo("+ab")) {
      Semaphore arrivals = new Semaphore(0);
      try (Jobserver server = client()) {
        server.start(arrivals::release);
        assertEquals(0, server.held());
        server.want(2);
        await(arrivals, 2);
        assertEquals(2, server.held());
        server.giveBack(1);
        assertEquals(1, server.held());
        assertThrows(IllegalArgumentException.class, () -> server.giveBack(2));
        server.want(2);
        await(arrivals, 2);
        assertEquals(3, server.held());
        fifo.write('c');
        server.want(1);
        await(arrivals, 1);
        server.giveBack(4);
        assertEquals("+abc", drain(fifo, 4));
        fifo.write("+abc".getBytes(StandardCharsets.US_ASCII));
        server.want(3);
        await(arrivals, 3);
      }
      assertEquals("+abc", drain(fifo, 4));
      assertEquals(List.of(), warnings);
    }
  }

  @Test
  void closingGivesBackEvenWhatWasNeverStarted() throws Exception {
    try (RandomAccessFile fifo = fifo("+")) {
      Jobserver server = client();
      server.want(1);
      server.close();
      server.close();
      assertThrows(IllegalStateException.class, () -> server.start(() -> {}));
      assertEquals("+", drain(fifo, 1));
    }
  }

  @Test
  void twoClientsShareWithoutLosingOrMakingTokens() throws Exception {
    try (RandomAccessFile fifo = fifo("abc")) {
      try (Jobserver one = client();
          Jobserver two = client()) {
        Semaphore ofOne = new Semaphore(0);
        Semaphore ofTwo = new Semaphore(0);
        one.start(ofOne::release);
        two.start(ofTwo::release);
        for (int i = 0; i < 200; i++) {
          one.want(2);
          two.want(2);
          await(ofOne, 1);
          await(ofTwo, 1);
          one.want(0);
          two.want(0);
          one.giveBack(one.held());
          two.giveBack(two.held());
          ofOne.drainPermits();
          ofTwo.drainPermits();
        }
      }
      assertEquals("abc", drain(fifo, 3));
    }
  }

  @Test
  void withoutJobserverThereIsNothingToSay() {
    assertTrue(Jobserver.from(Map.of(), warnings::add).isEmpty());
    assertTrue(from("k -j3").isEmpty());
    assertEquals(List.of(), warnings);
  }

  @Test
  void otherKindsThanAFifoAreLeftAlone() throws IOException {
    Path file = Files.writeString(folder.resolve("file"), "tokens");
    assertTrue(from(" --jobserver-auth=fifo:" + file).isEmpty());
    assertTrue(from(" --jobserver-auth=fifo:" + folder.resolve("none")).isEmpty());
    assertEquals("tokens", Files.readString(file));
    assertEquals(
        "make's jobserver fifo:" + file + " is left alone: it is not a FIFO", warnings.getFirst());
  }

  @Test
  void descriptorsThatAreNoPipesAreLeftAlone() throws IOException {
    Path file = Files.writeString(folder.resolve("file"), "tokens");
    try (RandomAccessFile open = new RandomAccessFile(file.toFile(), "rw")) {
      int number = number(file);
      assertTrue(from(" --jobserver-auth=" + number + "," + number).isEmpty());
      assertEquals(0, open.getFilePointer());
    }
    assertTrue(from(" --jobserver-auth=3,4").isEmpty(), "files of this Java's own");
    assertTrue(from(" --jobserver-auth=-2,-2").isEmpty());
    assertTrue(from(" --jobserver-auth=99999,99998").isEmpty());
    assertTrue(from(" --jobserver-auth=99999999999,1").isEmpty());
    assertArrayEquals("tokens".getBytes(StandardCharsets.US_ASCII), Files.readAllBytes(file));
    assertEquals(5, warnings.size());
    assertEquals(
        "make's jobserver 3,4 is left alone: this recipe has no access to it;"
            + " put + before its command",
        warnings.get(1));
  }

  private static int number(Path file) throws IOException {
    try (var all = Files.list(Path.of("/proc/self/fd"))) {
      for (Path entry : all.toList()) {
        if (Files.exists(entry) && Files.isSameFile(entry, file)) {
          return Integer.parseInt(entry.getFileName().toString());
        }
      }
    }
    throw new AssertionError("not open");
  }

  /** The recipe's program: takes all tokens it is told of, gives them back, and does so again. */
  static final class Recipe {
    public static void main(String[] args) throws Exception {
      int expected = Integer.parseInt(args[0]);
      for (int round = 0; round < 2; round++) {
        Optional<Jobserver> found = Jobserver.from(System.getenv(), System.out::println);
        if (found.isEmpty()) {
          System.out.println("none");
          return;
        }
        try (Jobserver server = found.get()) {
          Semaphore arrivals = new Semaphore(0);
          server.start(arrivals::release);
          server.want(expected + 1);
          boolean all = arrivals.tryAcquire(expected, 300, TimeUnit.SECONDS);
          System.out.println(all && server.held() == expected ? "all" : "held " + server.held());
        }
      }
    }
  }

  /** Runs a command beside a script, recipe, that runs Recipe; returns what it prints. */
  private String run(Map<String, String> environment, String... command) throws Exception {
    ProcessBuilder builder =
        new ProcessBuilder(command).directory(folder.toFile()).redirectErrorStream(true);
    builder.environment().keySet().removeAll(List.of("MAKEFLAGS", "MFLAGS", "MAKELEVEL"));
    builder.environment().putAll(environment);
    String java = Path.of(System.getProperty("java.home"), "bin", "java").toString();
    Files.writeString(
        folder.resolve("recipe"),
        "exec '%s' -XX:TieredStopAtLevel=1 --enable-native-access=ALL-UNNAMED -cp '%s' '%s' 2\n"
            .formatted(java, System.getProperty("java.class.path"), Recipe.class.getName()));
    Process process = builder.start();
    String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertEquals(0, process.waitFor(), output);
    return output.strip();
  }

  private String make(String plus, String... options) throws Exception {
    Files.writeString(folder.resolve("Makefile"), "all:\n\t" + plus + "@sh ./recipe\n");
    List<String> command = new ArrayList<>(List.of("make", "--no-print-directory"));
    command.addAll(List.of(options));
    String output = run(Map.of(), command.toArray(String[]::new));
    assertFalse(output.contains("INTERNAL"), output); // make says this if tokens are missing
    return output;
  }

  @Test
  void twoDifferentPipesAreLeftAlone() throws Exception {
    String output =
        run(
            Map.of("MAKEFLAGS", " -j3 --jobserver-auth=8,9"),
            "sh",
            "-c",
            "printf ++ | sh ./recipe 8<&0 9>&1 | cat");
    assertTrue(output.endsWith("put + before its command\nnone"), output);
  }

  @Test
  void underMakeAllTokensAreTakenAndGivenBack() throws Exception {
    assertEquals("all\nall", make("+", "-j3"));
  }

  @Test
  void underMakeWithoutPlusThePipeIsLeftAlone() throws Exception {
    String output = make("", "-j3");
    if (!output.contains("all\nall")) { // the FIFO of make 4.4 and later needs no plus
      assertTrue(output.endsWith("put + before its command\nnone"), output);
    }
  }
}
