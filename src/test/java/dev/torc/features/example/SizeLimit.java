package dev.torc.features.example;

import dev.torc.core.attempt.AttemptFailure;
import dev.torc.core.attempt.AttemptPart;
import dev.torc.core.attempt.BuildSetup.AttemptContext;
import dev.torc.core.attempt.ProductScan;
import dev.torc.core.memory.RecordedProduct;
import dev.torc.core.model.Job;

/** Fails a job whose products have more bytes than its tag {@code at-most=BYTES} allows. */
public final class SizeLimit implements AttemptPart {

  private static final String KEY = "at-most=";

  private final Job job;

  public SizeLimit(AttemptContext common, int id) {
    this.job = common.graph().job(id);
  }

  @Override
  public void look(ProductScan products) {
    for (String tag : job.labels().tags()) {
      if (tag.startsWith(KEY)) {
        refuseMore(products, Long.parseLong(tag.substring(KEY.length())));
      }
    }
  }

  private static void refuseMore(ProductScan products, long most) {
    long bytes = products.made().stream().mapToLong(RecordedProduct::size).sum();
    if (bytes > most) {
      throw new AttemptFailure(
          "exit 0, but its products have %d bytes and may have %d".formatted(bytes, most));
    }
  }
}
