/** The queries that PromQL is measured by, each over a range and at an instant. */
import { podName } from './promql-data.ts'

const ONE = `http_requests_total{pod="${podName(7)}",method="GET",status="200"}`

export const PROMQL_QUERIES: Readonly<Record<string, string>> = {
  up: 'up',
  one_series: ONE,
  one_rate: `rate(${ONE}[5m])`,
  sum_pod_rate: 'sum by (pod) (rate(http_requests_total[5m]))',
  err_ratio:
    'sum by (service) (rate(http_requests_total{status=~"5.."}[5m])) / sum by (service) (rate(http_requests_total[5m]))',
  hist_q99: 'histogram_quantile(0.99, sum by (service, le) (rate(http_request_duration_seconds_bucket[5m])))',
  topk: 'topk(10, rate(http_requests_total[5m]))',
  avg_1h: 'avg_over_time(process_resident_memory_bytes[1h])',
  max_avg_1h_re: 'max by (namespace) (avg_over_time({__name__=~"cache_.+"}[1h]))',
  regex: 'sum by (status) (rate(http_requests_total{pod=~"checkout-.*-[1-3].*",method!="PUT"}[5m]))',
  count_by: 'count by (service, status) ({__name__=~"http_re.+"})',
  group_left: 'rate(process_cpu_seconds_total[5m]) * on (pod) group_left (node, version) pod_info',
  subquery: 'max_over_time(sum by (namespace) (rate(process_cpu_seconds_total{namespace=~"team-[0-3]"}[5m]))[1h:1m])',
  increase_alert: 'increase(http_requests_total{status="500"}[10m]) > 5',
  raw_750: 'http_requests_total',
  full_scan: 'sum(rate({__name__=~".+"}[5m]))',
  full_scan_by: 'sum by (pod, method, status, le) (rate({__name__=~".+"}[5m]))',
}

export const ONE_RATE = PROMQL_QUERIES['one_rate'] ?? ''
export const HEAVY = PROMQL_QUERIES['full_scan_by'] ?? ''
export const ONE_POD = `http_requests_total{pod="${podName(7)}"}`
