package dev.torc.results;

import dev.torc.hash.Digest;
import dev.torc.results.Blob.BlobSource;
import java.io.IOException;
import java.io.InputStream;
import java.util.List;

/**
 * Where entries and blobs of a shared store lie: a folder or a server. What it gives is checked by
 * {@link SharedStore}. How long it takes, {@link StoreCall} says; it tells the call when an answer
 * begins and when bytes pass, and ends when its thread is interrupted. For several threads.
 */
interface StorePlace extends AutoCloseable {

  /** Where blobs lie, and where entries do. */
  String BLOBS = "cas";

  String ENTRIES = "ac";

  /** As messages name it: a path or a URL. */
  String name();

  /** Whether its owner alone can read what lies there. */
  default boolean isPrivate() {
    return false;
  }

  /**
   * Opens what lies there; null for nothing. The bytes may be others than were asked for.
   *
   * @param in {@link #BLOBS} or {@link #ENTRIES}
   */
  InputStream open(String in, Digest name, StoreCall.Request request) throws StoreRefusal;

  /** What it means that a stream of this place broke off. */
  StoreRefusal broken(IOException e);

  /** Whether a blob of this size lies there; its bytes are not looked at. */
  boolean has(Blob blob, StoreCall.Request request) throws StoreRefusal;

  /**
   * Puts bytes there, in place of any others.
   *
   * @param in as for {@link #open}
   */
  void put(String in, Digest name, BlobSource bytes, StoreCall.Request request) throws StoreRefusal;

  /**
   * Keys with entries, the newest first; none where they cannot be listed.
   *
   * @param nanos when it goes by what was seen until then
   */
  default List<Digest> newest(int most, long nanos, StoreCall.Request request) throws StoreRefusal {
    return List.of();
  }

  /** Whether each request is a way of its own: several go at once, and small blobs go together. */
  default boolean isFar() {
    return false;
  }

  /** Closes it; it is not asked any more. */
  @Override
  void close();
}
