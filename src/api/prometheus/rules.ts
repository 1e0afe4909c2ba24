/**
 * rules, alerts, alertmanagers: this version evaluates no rules and notifies nobody, so that empty lists are the truth. Parameters
 * are checked as they will be with rules. Follows web/api/v1/api.go, prometheus.
 */
import type { FastifyInstance } from 'fastify'
import type { Log } from '../../core/log.ts'
import { paramsOf } from '../request.ts'
import { sendData } from './envelope.ts'
import { badParameter, selectorsParam } from './params.ts'
import { prometheusDialect } from './routes.ts'

export function ruleRoutes(deps: { readonly log: Log }): (app: FastifyInstance) => void {
  return (app) => {
    prometheusDialect(app, deps)
    app.get('/api/v1/rules', (request, reply) => {
      checkRulesParams(paramsOf(request))
      return sendData(reply, '{"groups":[]}')
    })
    app.get('/api/v1/alerts', (_request, reply) => sendData(reply, '{"alerts":[]}'))
    app.get('/api/v1/alertmanagers', (_request, reply) =>
      sendData(reply, '{"activeAlertmanagers":[],"droppedAlertmanagers":[]}'),
    )
  }
}

/** Throws `api.bad_parameter` and the errors of `match[]`. */
function checkRulesParams(params: URLSearchParams): void {
  selectorsParam(params)
  const refuse = (name: string, message: string): never => {
    throw badParameter({ name, message })
  }
  const text = (name: string): string => params.get(name) ?? ''
  if (!['', 'alert', 'record'].includes(text('type').toLowerCase())) {
    refuse('type', `not supported value "${text('type').toLowerCase()}"`)
  }
  if (!/^(?:|1|t|true|0|f|false)$/.test(text('exclude_alerts').toLowerCase())) {
    const value = text('exclude_alerts').toLowerCase()
    refuse('exclude_alerts', `error converting exclude_alerts: strconv.ParseBool: parsing "${value}": invalid syntax`)
  }
  const limit = text('group_limit')
  const token = text('group_next_token')
  if (token !== '' && limit === '') {
    refuse('group_next_token', 'group_limit needs to be present in order to paginate over the groups')
  }
  if (limit === '') return
  if (!/^[+-]?\d+$/.test(limit)) {
    refuse(
      'group_limit',
      `group_limit needs to be a valid number: strconv.ParseInt: parsing "${limit}": invalid syntax`,
    )
  }
  if (Number(limit) <= 0) refuse('group_limit', 'group_limit needs to be greater than 0')
  if (token !== '') refuse('group_next_token', `invalid group_next_token '${token}'. were rule groups changed?`)
}
