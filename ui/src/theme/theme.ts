import {
  ActionIcon,
  Button,
  createTheme,
  Drawer,
  Kbd,
  Menu,
  Modal,
  Popover,
  SegmentedControl,
  Select,
  Table,
  Tabs,
  TextInput,
  Tooltip,
} from '@mantine/core'
import type { CSSVariablesResolver } from '@mantine/core'

const OVERLAY = { shadow: 'md', radius: 'sm', transitionProps: { duration: 80 } } as const

/** The head of a dialog is no banner of the page. */
const PLAIN_HEADER = { header: { role: 'presentation' } } as const

/** Mantine, dressed in our tokens: dense controls, one accent, borders rather than shadows. */
export const theme = createTheme({
  primaryColor: 'accent',
  primaryShade: { light: 7, dark: 7 },
  colors: {
    accent: [
      '#eef3fd',
      '#dbe5fa',
      '#b5c9f4',
      '#8ab4ff',
      '#5f8df0',
      '#3f72e0',
      '#2f62d2',
      '#2456c4',
      '#1f4aaa',
      '#1a3e8f',
    ],
    dark: [
      '#e6e9ee',
      '#c3c9d2',
      '#a3acb8',
      '#6b7583',
      '#2c323a',
      '#262c34',
      '#1f2329',
      '#181b20',
      '#111317',
      '#0b0d10',
    ],
  },
  fontFamily: 'var(--b-font)',
  fontFamilyMonospace: 'var(--b-mono)',
  fontSizes: { xs: '12px', sm: '13px', md: '14px', lg: '16px', xl: '20px' },
  spacing: { xs: '4px', sm: '8px', md: '12px', lg: '16px', xl: '24px' },
  radius: { xs: '2px', sm: '4px', md: '4px', lg: '6px', xl: '8px' },
  defaultRadius: 'sm',
  shadows: { md: 'var(--b-shadow)' },
  components: {
    ActionIcon: ActionIcon.extend({ defaultProps: { variant: 'subtle', size: 28, color: 'gray' } }),
    Button: Button.extend({ defaultProps: { size: 'xs', variant: 'default' } }),
    TextInput: TextInput.extend({ defaultProps: { size: 'xs' } }),
    Select: Select.extend({ defaultProps: { size: 'xs', comboboxProps: OVERLAY, allowDeselect: false } }),
    SegmentedControl: SegmentedControl.extend({ defaultProps: { size: 'xs' } }),
    Tabs: Tabs.extend({ defaultProps: { keepMounted: false } }),
    Menu: Menu.extend({ defaultProps: OVERLAY }),
    Popover: Popover.extend({ defaultProps: OVERLAY }),
    Modal: Modal.extend({
      defaultProps: { radius: 'md', transitionProps: { duration: 80 }, attributes: PLAIN_HEADER },
    }),
    Drawer: Drawer.extend({ defaultProps: { attributes: PLAIN_HEADER } }),
    Tooltip: Tooltip.extend({ defaultProps: { openDelay: 350, fz: 12, withArrow: false } }),
    Table: Table.extend({ defaultProps: { verticalSpacing: 4, horizontalSpacing: 8, fz: 12 } }),
    Kbd: Kbd.extend({ defaultProps: { size: 'xs' } }),
  },
})

/** Points Mantine's own variables at our tokens, which change with the colour scheme by themselves. */
export const cssVariables: CSSVariablesResolver = () => {
  const both = {
    '--mantine-color-body': 'var(--b-panel)',
    '--mantine-color-text': 'var(--b-text)',
    '--mantine-color-dimmed': 'var(--b-muted)',
    '--mantine-color-placeholder': 'var(--b-muted)',
    '--mantine-color-anchor': 'var(--b-link)',
    '--mantine-color-error': 'var(--b-crit)',
    '--mantine-color-default': 'var(--b-panel)',
    '--mantine-color-default-hover': 'var(--b-hover)',
    '--mantine-color-default-color': 'var(--b-text)',
    '--mantine-color-default-border': 'var(--b-control)',
    '--mantine-color-gray-light-color': 'var(--b-muted)',
    '--mantine-color-gray-light-hover': 'var(--b-hover)',
    '--mantine-primary-color-light-color': 'var(--b-link)',
    '--table-border-color': 'var(--b-line)',
    '--table-hover-color': 'var(--b-hover)',
  }
  return { variables: {}, light: both, dark: both }
}
