package dev.torc.features.stores;

/**
 * Decides how many bytes the local store may hold, and how many may remain when it makes room.
 * {@link LocalStore} removes the results.
 *
 * @param bytes the largest size of the store
 */
record LocalBound(long bytes) {

  private static final int PARTS = 4; // the largest result is the bound divided by this

  /** The usual bound: MOST bytes or, if less, 1/SHARE of free space plus the store's size. */
  private static final long MOST = 5L << 30;

  private static final int SHARE = 20;

  /** Making room reads all results. To do so rarely, it frees 1/SLACK of the bound more. */
  private static final int SLACK = 16;

  private static final long FREE = 1L << 30; // bytes that the store leaves free

  private static final long SCARCE = 64L << 20; // bytes; with less free space, a job may fail

  static LocalBound usual(long usable, long size) {
    return new LocalBound(Math.min(MOST, (usable + size) / SHARE));
  }

  long ofResult() {
    return bytes / PARTS;
  }

  /** Returns the size to which a store that would pass the bound shrinks before an addition. */
  long before(long added) {
    return bytes - bytes / SLACK - added;
  }

  /** Returns whether less is free than the store leaves. */
  static boolean isShort(long usable) {
    return usable < FREE;
  }

  /** Returns the size to which a store shrinks to leave enough space free; else its own size. */
  static long leavingRoom(long usable, long size) {
    return isShort(usable) ? size - (FREE - usable) - size / SLACK : size;
  }

  static boolean isScarce(long usable) {
    return usable < SCARCE;
  }
}
