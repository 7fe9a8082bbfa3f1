params.top = 3

process COUNT {
  publishDir 'counts', mode: 'copy'

  input:
  path text
  path script

  output:
  path "${text.baseName}.count"

  script:
  """
  awk -f $script $text | LC_ALL=C sort > ${text.baseName}.count
  """
}

process TOP {
  publishDir '.', mode: 'copy'

  input:
  path counts

  output:
  path 'top.txt'

  script:
  """
  LC_ALL=C sort -k1,1nr -k2 $counts | sed -n 1,${params.top}p > top.txt
  """
}

workflow {
  COUNT(Channel.fromPath('texts/*.txt'), file('count.awk'))
  TOP(COUNT.out.collect())
}
