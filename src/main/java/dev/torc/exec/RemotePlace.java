package dev.torc.exec;

import java.nio.file.Path;
import java.util.List;

/**
 * Where a script that was handed out put what stood in the places of one attempt's products, and
 * what else it left of it. Whose that is, and what becomes of it, is for the engine.
 *
 * @param folder of the script
 * @param key of the attempt
 * @param claim its name there
 * @param products in the order of their numbers
 */
public record RemotePlace(
    BatchFolder folder, RemoteKey key, String claim, List<BatchJob.Product> products) {

  /** Where a product went that stood there before, whether it did or not. */
  public Path aside(int product) {
    return folder.aside(claim, product);
  }

  /** The file that was written when the places were clear and before the first process started. */
  public Path begun() {
    return folder.begunFile(claim);
  }
}
