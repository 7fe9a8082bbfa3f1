package dev.torc.cluster;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/**
 * One attempt as it lies in the folder of its batch script: its claim, what was moved aside from
 * the places of its products, whether it began, whether it is over. The engine decides about those
 * files.
 *
 * @param folder of the script
 * @param key of the attempt
 * @param claim its name there
 * @param products in the order of their numbers
 */
public record HandedOutAttempt(
    BatchFolder folder,
    RemoteAttempt.RemoteKey key,
    String claim,
    List<RemoteAttempt.Product> products) {

  /** Where a product went that stood there before, whether it did or not. */
  public Path aside(int product) {
    return folder.aside(claim, product);
  }

  /** Moves aside what is to make way before a script can run. */
  void clear() throws IOException {
    for (int i = 0; i < products.size(); i++) {
      if (products.get(i).clearing() == RemoteAttempt.Clearing.AHEAD) {
        folder.moveAside(claim, i, products.get(i).path());
      }
    }
  }

  /** Whether something may lie aside though no script has claimed it. */
  boolean isCleared() {
    return !products.isEmpty() && products.getLast().clearing() == RemoteAttempt.Clearing.AHEAD;
  }

  /**
   * Whether a script says how it ended, or a torc has it and no script ever will. One of which it
   * is not known that a scheduler has it is taken.
   */
  public boolean isOver(ClaimOwner me) throws IOException {
    ClaimOwner by = folder.owner(claim);
    return by != null && by.isTorc()
        || folder.status(claim, 0) != null
        || folder.ids().isEmpty() && folder.claim(claim, me);
  }

  /** Whether its processes started, as is known for sure once its end is. */
  public boolean hasBegun() {
    return Files.exists(begun());
  }

  /** The file that was written when the places were clear and before the first process started. */
  public Path begun() {
    return folder.begunFile(claim);
  }
}
