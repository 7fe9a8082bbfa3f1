package dev.torc.hash;

import java.io.IOException;
import java.io.InputStream;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.function.ObjIntConsumer;

/**
 * Reads a stream piece by piece in a thread of its own: the next piece while the caller works on
 * the last one. It does nothing with the bytes.
 */
final class ReadAhead {

  /** Bytes of a piece: to hash so many takes longer by far than to wake a thread. */
  static final int PIECE = 4 << 20;

  private ReadAhead() {}

  /**
   * Hands over all that is left of a stream, piece by piece; returns when the last was taken.
   *
   * @param pieces takes bytes, which are its own until it returns, and how many of them count
   */
  static void each(InputStream in, ObjIntConsumer<byte[]> pieces) throws IOException {
    try (ExecutorService reader = Executors.newSingleThreadExecutor()) {
      byte[] now = new byte[PIECE];
      byte[] then = new byte[PIECE];
      int length = in.readNBytes(now, 0, PIECE);
      while (length > 0) {
        byte[] next = then;
        Future<Integer> ahead = reader.submit(() -> in.readNBytes(next, 0, PIECE));
        pieces.accept(now, length);
        then = now;
        now = next;
        length = read(ahead);
      }
    }
  }

  private static int read(Future<Integer> ahead) throws IOException {
    boolean interrupted = false;
    try {
      while (true) {
        try {
          return ahead.get();
        } catch (InterruptedException e) {
          interrupted = true; // who asked for the digest of the file waits for it
        } catch (ExecutionException e) {
          if (e.getCause() instanceof IOException failed) {
            throw failed;
          }
          throw new IllegalStateException(e.getCause());
        }
      }
    } finally {
      if (interrupted) {
        Thread.currentThread().interrupt();
      }
    }
  }
}
