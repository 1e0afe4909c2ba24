import { StrictMode } from 'react'
import { createRoot } from 'react-dom/client'
import { App } from './app/app.tsx'
import { loadFonts } from './theme/fonts.ts'
import './theme/mantine.css'
import './theme/tokens.css'
import './theme/base.css'

createRoot(document.getElementById('root') as HTMLElement).render(
  <StrictMode>
    <App />
  </StrictMode>,
)
loadFonts()
